// 批量下载: a list is narrowed and packed, as single documents and as one; the page tells how far it is, the file
// is saved by a click and holds what the list showed.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe } from 'node:test'
import { promisify } from 'node:util'
import { inflateRawSync } from 'node:zlib'
import * as acts from './support/acts.mjs'
import { sleep, start } from './support/site.mjs'
import { steps } from './support/steps.mjs'

const run = promisify(execFile)

let site

before(async () => {
  site = await start()
})

after(() => site?.stop())

/** The entries of a zip by name, by its directory at the end. */
function unzip(bytes) {
  const entries = new Map()
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
  assert.ok(end >= 0, 'no directory')
  let at = bytes.readUInt32LE(end + 16)
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
    assert.equal(bytes.toString('latin1', at, at + 4), 'PK\x01\x02')
    const [method, size] = [bytes.readUInt16LE(at + 10), bytes.readUInt32LE(at + 20)]
    const [name, extra, note] = [28, 30, 32].map(offset => bytes.readUInt16LE(at + offset))
    const local = bytes.readUInt32LE(at + 42)
    const from = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28)
    const packed = bytes.subarray(from, from + size)
    entries.set(bytes.toString('utf8', at + 46, at + 46 + name), method === 0 ? packed : inflateRawSync(packed))
    at += 46 + name + extra + note
  }
  return entries
}

describe('the documents of a list as one file', () => {
  const it = steps()
  let hr, names, one

  /** The row of the latest bundle. */
  const latest = () => hr.page.locator('main ul.rows > li').first()

  /** Waits until the latest bundle is there, and saves it by its link. */
  const saved = async ending => {
    const link = latest().getByRole('link', { name: /^下载/ })
    await link.waitFor()
    await hr.look('packed')
    const coming = hr.page.waitForEvent('download')
    await link.click()
    const download = await coming
    assert.match(download.suggestedFilename(), new RegExp(`\\.${ending}$`))
    const file = join(site.folder, `bundle.${ending}`)
    await download.saveAs(file)
    return file
  }

  it('one student is searched for, and the list of one is packed', async () => {
    hr = await site.enter(site.account('yuntu'))
    await acts.toTab(hr, '已签约学生')
    const rows = hr.page.locator('#list tbody tr')
    const namesOf = async of => (await of.locator('td.name b').allInnerTexts()).map(name => name.trim())
    names = await namesOf(rows)
    const [inForce] = await namesOf(rows.filter({ has: hr.page.getByText('已签约', { exact: true }) }))
    assert.ok(inForce && names.length > 1, 'the demo has agreements in force, and others')
    one = inForce
    // The demo has just begun to print: this one is waited for.
    await hr.follow(/^查看/, { within: await acts.rowOf(hr, one) })
    await hr.print()
    await acts.toTab(hr, '已签约学生')
    await acts.rowOf(hr, one)
    await hr.follow('批量下载', { exact: false })
    await hr.sees('打包当前列表')
    await hr.sees(/共 1 份协议/)
    assert.ok(await hr.page.getByLabel(/ZIP 压缩包/).isChecked())
    await hr.press('开始打包')
    assert.match(new URL(hr.page.url()).pathname, /\/bundles$/)
    await hr.sees('我的打包任务')
  })

  it('the zip has the document, sealed as it is, and a list of what is in it', async () => {
    const entries = unzip(await readFile(await saved('zip')))
    const papers = [...entries].filter(([name]) => name.endsWith('.pdf'))
    const index = entries.get('清单.csv').toString('utf8')
    assert.equal(papers.length, 1, index)
    assert.ok(papers[0][0].includes(one), papers[0][0])
    assert.equal(papers[0][1].toString('latin1', 0, 5), '%PDF-')
    assert.match(index, /^\uFEFF协议编号,/)
    assert.match(index, new RegExp(`${one}[^\\n]*\\.pdf`))
  })

  it('the whole tab comes as one PDF for the printer', async () => {
    await acts.toTab(hr, '已签约学生')
    await hr.follow('批量下载', { exact: false })
    await hr.page.getByLabel(/合并为一个 PDF/).check()
    await hr.press('开始打包')
    const file = await saved('pdf')
    const { stdout: info } = await run('pdfinfo', [file])
    const pages = Number(info.match(/^Pages:\s+(\d+)/m)?.[1])
    const count = Number((await latest().innerText()).match(/(\d+) 份文件/)?.[1])
    assert.ok(count >= 1 && pages >= 2 * count, `${pages} pages for ${count} documents`)
    const { stdout: text } = await run('pdftotext', ['-layout', file, '-'])
    const squeezed = text.replace(/\s/g, '')
    // Whoever is not in it yet is named with the reason.
    const missing = await latest().locator('details li').allTextContents()
    for (const name of names) {
      const told = missing.some(line => line.includes(name) && /文件还没有生成|生效前不能打印/.test(line))
      assert.notEqual(squeezed.includes(name.replace(/\s/g, '')), told, `${name}: in the file, or told to be missing`)
    }
    assert.ok(squeezed.includes(one.replace(/\s/g, '')))
  })

  it('an empty list cannot be packed, and says so', async () => {
    await acts.toTab(hr, '已签约学生')
    await acts.search(hr, '查无此人')
    await hr.follow('批量下载', { exact: false })
    const begin = hr.page.getByRole('button', { name: '开始打包' })
    assert.ok(await begin.isDisabled())
    await hr.sees('列表里没有协议，请先调整筛选条件')
  })

  it('what is removed is gone for good', async () => {
    const here = hr.page.url().replace(/\/bundles.*/, '/bundles')
    await hr.go(here)
    const address = await latest().getByRole('link', { name: /^下载/ }).getAttribute('href')
    const before = await hr.page.locator('main ul.rows > li').count()
    await hr.press(/^删除/, { within: latest() })
    for (let i = 0; i < 50 && (await hr.page.locator('main ul.rows > li').count()) === before; i++) await sleep(100)
    assert.equal(await hr.page.locator('main ul.rows > li').count(), before - 1)
    const gone = await hr.context.request.get(address, { failOnStatusCode: false })
    assert.equal(gone.status(), 404)
  })

  it('the browsers have nothing to complain about', () => site.verdict())
})
