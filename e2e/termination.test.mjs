// An agreement in force ends: asked for by the student or by the employer, with the letter, the other
// side's answer and the reviews; and the ways in which it does not end.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe } from 'node:test'
import { promisify } from 'node:util'
import * as acts from './support/acts.mjs'
import { start } from './support/site.mjs'
import { steps } from './support/steps.mjs'

const SCHOOL = '10999'
const EMPLOYER = '江城云图软件有限公司'

let site, hr, staff
/** The students of the employer's agreements in force, with the addresses of those for the employer. */
let signed

before(async () => {
  site = await start()
  hr = await site.enter(site.account('yuntu'))
  staff = await site.enter(site.of('school', SCHOOL)[0])
  await acts.toTab(hr, '已签约学生')
  const url = new URL(hr.page.url())
  url.searchParams.set('state', 'effective')
  await hr.go(url.pathname + url.search)
  const rows = hr.page.locator('#list tbody tr')
  signed = []
  for (const row of await rows.all()) {
    const place = await row.getByRole('link', { name: /^查看/ }).getAttribute('href')
    const name = await row.locator('td.name b').innerText()
    const login = (await row.locator('td.name').innerText()).match(/\d{8,}/)[0]
    const { password } = site.of('student', SCHOOL)[0]
    signed.push({ place, id: place.match(/[0-9a-f-]{36}/)[0], account: { role: 'student', school: SCHOOL, name, login, password } })
  }
  assert.ok(signed.length >= 4, 'four agreements in force')
})

after(() => site?.stop())

/** The reviewer who may read the agreement, on its page. */
async function reviewer(id) {
  for (const account of site.of('college', SCHOOL)) {
    const one = await site.enter(account)
    const expecting = one.expect(404)
    const answer = await one.page.goto(`/college/agreements/${id}`)
    expecting.end()
    if (answer.status() === 200) return one
    await one.context.close()
  }
  assert.fail('no reviewer has the agreement')
}

/** A photograph of a letter, as somebody might send it. */
async function photograph(person) {
  const buffer = await person.page.screenshot()
  return { name: '解约函.png', mimeType: 'image/png', buffer }
}

/** Asks for the termination with a letter, after some things that are no letters. */
async function request(person) {
  await person.follow('申请解约')
  const { page } = person
  await page.getByLabel('解约原因').selectOption({ index: 1 })
  await page.getByLabel('申请说明').fill('双方已协商一致，违约金已结清。')
  // A page never gives a password back.
  const send = async () => {
    await page.getByLabel('登录密码').fill(person.account.password)
    await person.press('提交申请')
  }
  await person.refused(422, send)
  assert.match(await person.fault('letter'), /请上传解约函|请选择文件/)
  assert.equal(await page.getByLabel('申请说明').inputValue(), '双方已协商一致，违约金已结清。')
  const letter = page.locator('#file-letter')
  await letter.setInputFiles({ name: '解约函.pdf', mimeType: 'application/pdf', buffer: Buffer.from('这不是 PDF') })
  await person.refused(422, send)
  assert.match(await person.fault('letter'), /只收 JPG、PNG 图片和 PDF/)
  await letter.setInputFiles(await photograph(person))
  // By the enter key, which neither has a letter written nor drops the chosen one.
  await page.getByLabel('登录密码').fill(person.account.password)
  await person.enter(page.getByLabel('登录密码'))
  await person.sees('解约申请已提交')
  await person.sees('解约审核中')
}

/** Does something about the request, in the dialog that asks. */
async function answer(person, words, prepare) {
  const ask = await person.open(words)
  await prepare?.(ask)
  await person.press(words, { within: ask })
}

describe('the student asks for it', () => {
  const it = steps()
  let student, college, place, id

  it('with a letter; the employer is told', async () => {
    ;({ place, id } = signed[0])
    student = await site.enter(signed[0].account)
    await student.go(`/student/agreements/${id}`)
    await request(student)
    await hr.heard(`${student.name} 申请解约`)
  })

  it('the employer reads the letter and agrees', async () => {
    await hr.go(place)
    await hr.sees('双方已协商一致，违约金已结清。')
    const letter = hr.page.locator('section.termination').getByRole('link').first()
    const file = await hr.context.request.get(await letter.getAttribute('href'))
    assert.equal(file.status(), 200)
    assert.match(file.headers()['content-type'], /^image\/|^application\/pdf/)
    await hr.refused(422, () => answer(hr, '同意解约'))
    assert.match(await hr.fault('read'), /请先阅读解约函并勾选/)
    const ask = hr.page.locator('details.confirm .ask').filter({ hasText: '我已阅读解约函' })
    await ask.getByLabel(/我已阅读解约函/).check()
    await hr.press('同意解约', { within: ask })
    await hr.sees('已同意解约，进入审核')
    await student.heard(`${EMPLOYER} 同意解约`)
  })

  it('college and school approve: it has ended, and the student can sign again', async () => {
    college = await reviewer(id)
    await college.look('a termination')
    await answer(college, '同意解约')
    await college.sees('已同意，转下一级审核')
    await staff.go(`/school/agreements/${id}`)
    await answer(staff, '同意解约')
    await staff.sees('已解约，学生可以重新签约')
    await student.heard(`你与 ${EMPLOYER} 的协议已解约，可以重新签约`)
    await hr.heard(`与 ${student.name} 的协议已解约`)
    await acts.toTab(hr, '已解约学生')
    await acts.rowOf(hr, student.name)
    await acts.toForm(hr, student.name)
  })

  it('the browsers have nothing to complain about', () => site.verdict())
})

describe('the employer asks for it', () => {
  const it = steps()
  let student, place, id

  it('only where the school lets employers ask', async () => {
    ;({ place, id } = signed[1])
    student = await site.enter(signed[1].account)
    await hr.go(place)
    const button = hr.page.getByRole('button', { name: '申请解约' })
    assert.equal(await button.getAttribute('aria-disabled'), 'true')
    await hr.sees('学校未开放由你方申请解约')
    await staff.go('/school/parameters')
    await staff.page.locator('#f-employer_may_terminate').selectOption('on')
    await staff.press('保存修改')
    await staff.sees('已保存，修改了 1 项')
    await hr.go(place)
    await request(hr)
    await student.heard(`${EMPLOYER} 申请解约`)
  })

  it('the student refuses with a reason, and the agreement stands', async () => {
    await student.go(`/student/agreements/${id}`)
    await student.refused(422, () => answer(student, '不同意解约'))
    assert.match(await student.fault('reason'), /请填写此项/)
    const ask = student.page.locator('details.confirm .ask').filter({ hasText: '不同意解除' })
    await ask.getByLabel('退回原因').or(ask.locator('#f-reason')).first().selectOption({ label: '未协商一致' })
    await student.press('不同意解约', { within: ask })
    await student.sees('已答复不同意，协议继续有效')
    await student.sees('已签约')
    await hr.heard(`${student.name} 的协议解约未获同意，协议继续有效`)
  })

  it('asked for again and taken back, it stands too', async () => {
    await hr.go(place)
    await request(hr)
    await answer(hr, '撤销解约申请')
    await hr.sees('解约申请已撤销，协议继续有效')
    await student.heard(`与 ${EMPLOYER} 的解约申请已撤销`)
  })

  it('the browsers have nothing to complain about', () => site.verdict())
})

describe('nobody answers', () => {
  const it = steps()

  /** The school's days after which it may go on without an answer. */
  async function days(n) {
    await staff.go('/school/parameters')
    await staff.page.locator('#f-escalate_days').fill(String(n))
    await staff.press('保存修改')
    await staff.sees('已保存，修改了 1 项')
  }

  it('after the days of the parameter the school goes on without an answer, and not before', async () => {
    // The requests of the demo that nobody has answered were made between two days and six weeks ago.
    await days(60)
    await staff.go('/school/agreements?state=ended')
    const links = staff.page.locator('#list tbody tr').filter({ hasText: '解约审核中' }).getByRole('link', { name: /^查看/ })
    const places = await links.evaluateAll(found => found.map(link => link.getAttribute('href')))
    const early = staff.page.getByRole('button', { name: '转入审核', exact: true }).and(staff.page.locator('[aria-disabled=true]'))
    const until = staff.page.getByText(/对方在 .* 前未答复的/)
    let waiting
    for (const place of places) {
      await staff.go(place)
      assert.equal(await staff.page.locator('details.confirm', { hasText: '转入审核' }).count(), 0, 'nothing is due')
      assert.equal(await early.count(), 1, 'the button is there and says why not')
      if (await until.count()) waiting ??= place
    }
    assert.ok(waiting, 'a request awaits the other side')
    await days(1)
    await staff.go(waiting)
    assert.equal(await early.count(), 0)
    await answer(staff, '转入审核')
    await staff.sees('已转入审核')
    await staff.sees('等待院系处理')
  })

  it('the browsers have nothing to complain about', () => site.verdict())
})

describe('a letter that the system writes', () => {
  const it = steps()
  let student, place, id

  it('the student has it written, reads it and asks', async () => {
    ;({ place, id } = signed[2])
    student = await site.enter(signed[2].account)
    await student.go(`/student/agreements/${id}`)
    await student.follow('申请解约')
    const { page } = student
    await page.getByLabel('解约原因').selectOption({ index: 1 })
    await page.getByLabel('申请说明').fill('双方已协商一致，𬭎字也写得出来。')
    await student.press('由系统生成解约函')
    await student.sees('请先打开核对')
    const text = await written(student)
    for (const part of ['解约函', EMPLOYER, student.name, '双方已协商一致，𬭎字也写得出来。', '提出方（毕业生）']) {
      assert.ok(text.includes(part.replace(/\s/g, '')), `${part} is missing in ${text}`)
    }
    // Who changes the reason has another letter written.
    await page.getByLabel('申请说明').fill('另一个说法')
    await page.getByLabel('登录密码').fill(student.account.password)
    await student.refused(422, () => student.press('提交申请'))
    assert.match(await student.fault('letter'), /不一致|重新生成/)
    await page.getByLabel('申请说明').fill('双方已协商一致，𬭎字也写得出来。')
    await page.getByLabel('登录密码').fill(student.account.password)
    await student.press('提交申请')
    await student.sees('解约申请已提交')
  })

  it('the employer reads the same letter and confirms it', async () => {
    await hr.go(place)
    await hr.sees('由系统生成，申请方提交、对方同意即为双方确认')
    assert.ok((await written(hr)).includes('𬭎字也写得出来'))
    const ask = await hr.open('同意解约')
    await ask.getByLabel(/我已阅读解约函/).check()
    await hr.press('同意解约', { within: ask })
    await hr.sees('已同意解约，进入审核')
  })

  it('the browsers have nothing to complain about', () => site.verdict())
})

/** What the letter on the page says, without white space. */
async function written(person) {
  const link = person.page.locator('a[href*="/files/"]').first()
  const file = await person.context.request.get(await link.getAttribute('href'))
  assert.equal(file.headers()['content-type'], 'application/pdf')
  const path = join(site.folder, `letter-${person.account.login}.pdf`)
  await writeFile(path, await file.body())
  const { stdout } = await promisify(execFile)('pdftotext', [path, '-'])
  return stdout.replace(/\s/g, '')
}

describe('an agreement is struck out', () => {
  const it = steps()

  it('by two members of the staff, the second not being the first', async () => {
    const { place, id, account } = signed[3]
    await staff.go(`/school/agreements/${id}`)
    await staff.refused(422, () => answer(staff, '申请作废'))
    assert.match(await staff.fault('void_reason'), /请填写此项/)
    const ask = staff.page.locator('details.confirm .ask').filter({ hasText: '作废' })
    await ask.locator('#f-void_reason').selectOption({ index: 1 })
    await staff.press('申请作废', { within: ask })
    await staff.sees('已提交，等待另一位工作人员确认')
    const confirm = staff.page.getByRole('button', { name: '确认作废', exact: true })
    assert.equal(await confirm.getAttribute('aria-disabled'), 'true', 'nobody confirms alone')
    await staff.sees('须由另一位老师确认')
    const second = await site.enter(site.of('school', SCHOOL)[1])
    await second.go(`/school/agreements/${id}`)
    await second.sees(staff.name)
    await answer(second, '确认作废')
    await second.sees('已作废，双方将收到通知')
    await hr.heard(account.name)
    await hr.go(place)
    await hr.sees('已作废')
    assert.equal(await hr.page.getByRole('link', { name: '申请解约' }).count(), 0)
  })

  it('the browsers have nothing to complain about', () => site.verdict())
})
