// Somebody with a browser: logs in, clicks what is to be seen, reads messages and documents.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

const DOORS = { employer: 'employer', student: 'student', college: 'staff', school: 'staff', platform: 'staff' }

export class Person {
  /** What must not happen and did: errors on the console, answers that nobody expected. */
  faults = []
  #expected = new Map()

  constructor(site, account, context, scripts) {
    this.site = site
    this.account = account
    this.context = context
    this.scripts = scripts
    this.name = account.name
    this.#record()
  }

  async begin() {
    if (this.scripts) {
      await this.context.addInitScript(() => {
        document.addEventListener('securitypolicyviolation', event =>
          console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile ?? ''}`),
        )
      })
    }
    this.page = await this.context.newPage()
  }

  #record() {
    const fault = text => this.faults.push(`${this.account.login}${this.scripts ? '' : ' (no scripts)'}: ${text}`)
    this.context.on('weberror', error => fault(`error in a script: ${error.error().stack}`))
    this.context.on('console', message => {
      // The status of an answer is judged below, where it is known whether it was expected.
      if (/^Failed to load resource: the server responded with a status of/.test(message.text())) return
      if (['error', 'warning'].includes(message.type())) fault(`console: ${message.text()}`)
    })
    this.context.on('response', response => {
      const status = response.status()
      if (status < 400) return
      if (this.#expected.has(status)) this.#expected.set(status, this.#expected.get(status) + 1)
      else fault(`${status} ${response.request().method()} ${response.url()}`)
    })
    this.context.on('requestfailed', request => {
      // A page that is left gives up what it still loads, and a download is no page.
      const why = request.failure()?.errorText
      if (why !== 'net::ERR_ABORTED') fault(`${why} ${request.method()} ${request.url()}`)
    })
  }

  /** From now on answers with this status are no fault, until `end`, which tells how many there were. */
  expect(status) {
    this.#expected.set(status, 0)
    return {
      end: () => {
        const times = this.#expected.get(status)
        this.#expected.delete(status)
        return times
      },
    }
  }

  /** Does something that has to be answered with this status, which would be a fault anywhere else. */
  async refused(status, act) {
    const expecting = this.expect(status)
    try {
      return await act()
    } finally {
      assert.ok(expecting.end() > 0, `nothing was answered with ${status}`)
    }
  }

  /** Another tab of the same browser. */
  async tab(path) {
    const page = await this.context.newPage()
    await page.goto(path)
    return page
  }

  async login() {
    const { role, school, login, password } = this.account
    const door = DOORS[role]
    await this.go(`/login/${door}`)
    if (school) await this.field('学校').selectOption(school)
    await this.field(door === 'student' ? '学号' : '账号').fill(login)
    await this.field('密码').fill(password)
    const captcha = this.page.getByRole('textbox', { name: '验证码' })
    if (await captcha.count()) await captcha.fill(this.site.captcha)
    await this.press('登录')
    await this.page.waitForURL(url => !url.pathname.startsWith('/login'))
    await this.look()
  }

  /** Opens an address and looks at the page. */
  async go(path) {
    const answer = await this.page.goto(path)
    await this.look()
    return answer
  }

  /** A field of the page by its label. */
  field(label, exact = true) {
    return this.page.getByLabel(label, { exact })
  }

  /** Follows a link. */
  async follow(name, { within = this.page, exact = true } = {}) {
    await this.#leave(within.getByRole('link', { name, exact }).first())
    await this.look()
  }

  /** Presses a button that leads to another page. */
  async press(name, { within = this.page, exact = true } = {}) {
    await this.#leave(within.getByRole('button', { name, exact }).filter({ visible: true }).first())
    await this.look()
  }

  /** Presses the enter key in a field, which sends its form. */
  async enter(field) {
    await Promise.all([this.page.waitForEvent('domcontentloaded'), field.press('Enter')])
    await this.page.waitForLoadState('load')
    await this.look()
  }

  /** Clicks, and waits until the page that comes of it is there: every page names its moment of loading. */
  async #leave(target) {
    await Promise.all([this.page.waitForEvent('domcontentloaded'), target.click()])
    await this.page.waitForLoadState('load')
  }

  /** Opens what asks before an act: a dialog where scripts run, a section of the page without. */
  async open(name) {
    const section = this.page.locator('details.confirm').filter({ has: this.page.getByText(name, { exact: true }) })
    await section.locator('summary').click()
    const ask = section.locator('.ask')
    await ask.waitFor()
    await this.look(`asks: ${name}`)
    return ask
  }

  heading() {
    return this.page.getByRole('heading', { level: 1 })
  }

  /** Waits until the page says this. */
  async sees(text, within = this.page) {
    await within.getByText(text).filter({ visible: true }).first().waitFor()
  }

  /** What stands beside a field as its fault; the field has to be marked and to name it. */
  async fault(name) {
    const control = this.page.locator(`[aria-describedby~="${name}-e"]`).first()
    assert.equal(await control.count(), 1, `no field names ${name}-e as its description`)
    const told = this.page.locator(`[id="${name}-e"]`)
    await told.waitFor()
    return (await told.innerText()).trim()
  }

  /** The messages of the in-app inbox, the newest first. */
  async messages() {
    const root = new URL(this.page.url()).pathname.match(/^\/(employer\/[^/]+\/[^/]+|student|college|school)/)[0]
    await this.go(`${root}/messages`)
    const rows = this.page.locator('#list ul.rows > li')
    return (await rows.allInnerTexts()).map(text => text.split('\n')[0].trim())
  }

  /** Reads the inbox: this is among its newest messages. */
  async heard(text) {
    const newest = (await this.messages()).slice(0, 8)
    assert.ok(
      newest.some(one => one.includes(text)),
      `${this.name} has not heard “${text}” but ${JSON.stringify(newest)}`,
    )
  }

  /**
   * 查看 and 打印 from an agreement's page: the PDF as text, after it was downloaded by a click. The worker
   * makes it a moment after the act; the page asks again by itself until it is there.
   */
  async print() {
    const view = this.page.locator('main a[href$="/document"]')
    await Promise.all([this.page.waitForURL('**/document'), view.click()])
    const save = this.page.getByRole('link', { name: '下载 PDF' })
    await save.waitFor()
    await this.look('with its PDF')
    const shown = this.page.getByRole('link', { name: /打印协议书/ })
    const inline = await this.context.request.get(await shown.getAttribute('href'))
    assert.equal(inline.status(), 200)
    assert.equal(inline.headers()['content-type'], 'application/pdf')
    assert.match(inline.headers()['content-disposition'] ?? 'inline', /^inline/)
    const coming = this.page.waitForEvent('download')
    await save.click()
    const file = join(this.site.folder, `${this.account.login}-${Date.now()}.pdf`)
    await (await coming).saveAs(file)
    assert.equal(await head(file), '%PDF-')
    const { stdout: text } = await run('pdftotext', ['-layout', file, '-'])
    const { stdout: info } = await run('pdfinfo', [file])
    const pages = Number(info.match(/^Pages:\s+(\d+)/m)?.[1])
    return { file, text, pages, squeezed: text.replace(/\s/g, '') }
  }

  /** Whether the page is as everybody can use it; each kind of page once a browser. */
  async look(what = '') {
    const path = new URL(this.page.url()).pathname.replace(/\/(?:[0-9a-f-]{36}|\d+)(?=\/|$)/g, '/*')
    const wrong = (await this.page.locator('[aria-invalid=true], .err').count()) > 0
    const title = (await this.page.title()).replace(/\d+/g, '')
    const state = await this.page.locator('h1 .st').allInnerTexts()
    const key = [path, this.account.role, this.scripts, wrong, what, state, path.includes('*') || title].join(' ')
    if (this.site.looked.has(key)) return
    this.site.looked.add(key)
    const page = this.scripts ? this.page : await this.#twin()
    await page.evaluate(this.site.axe)
    const { violations, overflow } = await page.evaluate(async () => ({
      violations: (await globalThis.axe.run()).violations,
      overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    }))
    if (page !== this.page) await page.context().close()
    for (const one of violations) {
      const where = one.nodes.map(node => node.target.join(' ')).slice(0, 4)
      this.faults.push(`axe on ${key}: ${one.id} (${one.help}) at ${where.join('; ')}`)
    }
    if (overflow > 0) this.faults.push(`${key}: ${overflow} pixels wider than the window`)
  }

  /** The page as it stands, without its scripts, in a browser that can run the checks. */
  async #twin() {
    const html = (await this.page.content()).replace(/<script\b[^>]*><\/script>/g, '')
    const context = await this.site.context(this.account)
    const page = await context.newPage()
    const address = this.page.url()
    await page.route(address, route => route.fulfill({ body: html, contentType: 'text/html; charset=utf-8' }))
    await page.goto(address)
    return page
  }
}

async function head(file) {
  for await (const chunk of createReadStream(file, { end: 4 })) return chunk.toString('latin1')
}
