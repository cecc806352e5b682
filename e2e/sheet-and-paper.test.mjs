// Agreements that do not begin with one offer to one student: offers to many from a sheet, and what was
// signed on paper.
import assert from 'node:assert/strict'
import { after, before, describe } from 'node:test'
import * as acts from './support/acts.mjs'
import { sleep, start } from './support/site.mjs'
import { steps } from './support/steps.mjs'

const SCHOOL = '10999'
const EMPLOYER = '江城云图软件有限公司'

let site

before(async () => {
  site = await start()
})

after(() => site?.stop())

describe('offers to two students from a sheet', () => {
  const it = steps()
  const [one, other] = [{ pay: '12500' }, { pay: '13000' }]
  let hr

  it('a template is kept, and a sheet with mistakes sends nothing', async () => {
    hr = await site.enter(site.account('yuntu'))
    // The first student accounts are those to whom an offer can be made.
    const [first, second] = site.of('student', SCHOOL)
    one.account = first
    other.account = second
    await acts.toTab(hr)
    await hr.follow('批量邀约')
    const source = hr.page.locator('#f-agreement')
    await source.selectOption({ index: 1 })
    await hr.field('模板名称').fill('研发岗')
    await hr.press('存为模板')
    await hr.page.locator('#f-template').selectOption({ label: '研发岗' })
    await hr.page.locator('#f-rows').fill(`学号\t姓名\t转正月薪\n${one.account.login}\t查无此人\t12500\n`)
    await hr.press('检查')
    await hr.sees('1 行需要修改')
    await hr.sees('没有这名')
    assert.equal(await hr.page.getByRole('button', { name: /发起 \d+ 份邀约/ }).count(), 0)
    await hr.follow('重新检查')
  })

  it('every text is shown with its row before it is confirmed', async () => {
    const day = offset => acts.day(offset).replaceAll('-', '/')
    const line = ({ account, pay }) => `${account.login}\t${account.name}\t${pay}\t10500\t${day(240)}\t${day(250)}`
    const sheet = ['学号\t姓名\t转正月薪\t试用期月薪\t报到开始日\t报到截止日', line(one), line(other)].join('\n')
    await hr.page.locator('#f-template').selectOption({ label: '研发岗' })
    await hr.page.locator('#f-rows').fill(sheet)
    await hr.press('检查')
    await hr.sees('2 行全部通过检查')
    const texts = hr.page.locator('ul.texts')
    assert.equal(await texts.count(), 1, 'only the pay differs')
    assert.match(await texts.innerText(), /第 2 行[\s\S]*12,500[\s\S]*第 3 行[\s\S]*13,000/)
    assert.deepEqual(await texts.locator('mark').allInnerTexts(), ['12,500', '13,000'])
    const send = () => hr.press('发起 2 份邀约')
    await hr.refused(422, send)
    assert.match(await hr.page.locator('#tick-e').innerText(), /涉及 2 行/)
    // One tick a text: what only the other row says is confirmed by itself.
    await acts.tickAll(hr)
    await texts.getByRole('checkbox').nth(1).uncheck()
    await hr.refused(422, send)
    assert.match(await hr.page.locator('#tick-e').innerText(), /涉及 1 行/)
    const rows = hr.page.locator('table tbody tr')
    assert.match(await rows.filter({ hasText: other.account.name }).innerText(), /还没有确认：劳动报酬/)
    assert.doesNotMatch(await rows.filter({ hasText: one.account.name }).innerText(), /还没有确认/)
    await texts.getByRole('checkbox').nth(1).check()
    await send()
    for (let i = 0; i < 100 && !(await hr.page.getByText('已发起 2 份').count()); i++) {
      await sleep(200)
      await hr.page.reload()
    }
    await hr.sees('已发起 2 份')
    await hr.look('a batch that was sent')
  })

  it('each student reads their own', async () => {
    const student = await site.enter(other.account)
    await acts.toOffer(student, EMPLOYER)
    await student.sees(/13,000 元/)
    assert.equal(await student.page.getByText('12,500').count(), 0)
  })

  it('the browsers have nothing to complain about', () => site.verdict())
})

describe('an agreement on paper', () => {
  const it = steps()
  let student, place

  it('the student registers it with a scan, after what is no scan', async () => {
    const account = site.of('student', SCHOOL)[2]
    student = await site.enter(account)
    await student.go('/student/agreements')
    await student.follow(/登记/, { within: student.page.locator('main') })
    await student.sees('登记线下协议')
    await student.field('单位名称').fill('兰州某某机械有限公司')
    await student.page.locator('#f-uscc').fill('91350100M000100Y43')
    await student.page.locator('#f-contract').selectOption('fixed')
    await student.page.locator('#f-archive_kind').selectOption('school')
    await student.page.locator('#f-household_kind').selectOption('stay')
    await acts.fill(student, acts.TERMS)
    await student.field('职位类别').selectOption({ label: '工程技术人员' })
    await student.field('工作省份').selectOption({ label: '湖北' })
    await student.field('报到开始日').fill(acts.day(240))
    await student.field('报到截止日').fill(acts.day(250))
    const scan = student.page.locator('#file-scan')
    await scan.setInputFiles({ name: '协议.pdf', mimeType: 'application/pdf', buffer: Buffer.from('这不是 PDF') })
    await student.refused(422, () => student.press('提交登记'))
    assert.match(await student.fault('scan'), /只收 JPG、PNG 图片和 PDF/)
    assert.equal(await student.field('单位名称').inputValue(), '兰州某某机械有限公司')
    const buffer = await student.page.screenshot()
    await scan.setInputFiles({ name: '协议.png', mimeType: 'image/png', buffer })
    await student.press('提交登记')
    await student.sees('已登记，进入审核')
    place = new URL(student.page.url()).pathname
  })

  it('the same reviews read the scan, and it is in force with a number', async () => {
    const id = place.match(/[0-9a-f-]{36}/)[0]
    const college = await acts.reviewerOf(site, student)
    await college.go(`/college/agreements/${id}`)
    const file = college.page.locator('a[href*="/files/"]').first()
    const answer = await college.context.request.get(await file.getAttribute('href'))
    assert.equal(answer.headers()['content-type'], 'image/png')
    await college.press('通过', { exact: false })
    const staff = await site.enter(site.of('school', SCHOOL)[0])
    await staff.go(`/school/agreements/${id}`)
    await staff.press('通过', { exact: false })
    await student.go(place)
    await student.sees('已签约')
    const number = await student.page.locator('body').innerText()
    assert.match(number, /\d{17}[0-9A-Z]/, `it has a number: ${number}`)
  })

  it('the browsers have nothing to complain about', () => site.verdict())
})
