// What does not go straight: the student declines, a reviewer returns, the school changes its rules.
import assert from 'node:assert/strict'
import { after, before, describe } from 'node:test'
import * as acts from './support/acts.mjs'
import { start } from './support/site.mjs'
import { steps } from './support/steps.mjs'

const SCHOOL = '10999'
const EMPLOYER = '江城云图软件有限公司'

let site, hr, staff

before(async () => {
  site = await start()
  hr = await site.enter(site.account('yuntu'))
  staff = await site.enter(site.of('school', SCHOOL)[0])
})

after(() => site?.stop())

/** Edits the agreement on the employer's page, ticks what has changed, and sends it again. */
async function mend(place, terms) {
  await hr.go(place)
  await hr.follow('编辑')
  await acts.fill(hr, terms)
  await acts.save(hr)
  await acts.tickAll(hr)
  await acts.save(hr)
  await acts.send(hr)
}

describe('an offer that is declined', () => {
  const it = steps()
  let student, place

  it('the student has to say why, and the employer reads it', async () => {
    student = await site.enter(site.of('student', SCHOOL)[0])
    place = await acts.offer(hr, student.name)
    await acts.toOffer(student, EMPLOYER)
    let ask = await student.open('拒绝邀约')
    await student.refused(422, () => student.press('拒绝邀约', { within: ask }))
    assert.match(await student.fault('reason'), /请填写此项/)
    ask = student.page.locator('details.confirm .ask')
    await ask.getByLabel('其他', { exact: true }).check()
    await student.refused(422, () => student.press('拒绝邀约', { within: ask }))
    assert.match(await student.fault('text'), /请填写此项/)
    ask = student.page.locator('details.confirm .ask')
    assert.equal(await ask.getByLabel('其他', { exact: true }).isChecked(), true, 'the choice is kept')
    await ask.getByLabel('薪酬未达预期').check()
    await ask.getByRole('textbox').fill('希望转正月薪不低于 13,500 元。')
    await student.press('拒绝邀约', { within: ask })
    await student.sees('已拒绝，单位会收到通知')
    await hr.heard(`${student.name} 拒绝了你的邀约：薪酬未达预期`)
    await hr.go(place)
    await hr.sees('学生已拒绝')
    await hr.sees('希望转正月薪不低于 13,500 元。')
  })

  it('the employer offers more, and the student sees the difference', async () => {
    await mend(place, { 转正月薪: '13500', '补充条款 1': '甲方为乙方提供两年免费住宿。' })
    await acts.toOffer(student, EMPLOYER)
    const changed = student.page.locator('ul.ticks li').filter({ has: student.page.locator('del') })
    assert.deepEqual(
      [await changed.locator('del').allInnerTexts(), await changed.locator('ins').allInnerTexts()].map(texts =>
        texts.map(text => text.match(/1[23],500|[一两]年/)?.[0] ?? text),
      ),
      [
        ['12,500', '一年'],
        ['13,500', '两年'],
      ],
    )
    await acts.tickAll(student)
    await acts.saved(student)
    await acts.sign(student)
    await student.sees('已应约')
  })

  it('the browsers have nothing to complain about', () => site.verdict())
})

describe('an agreement that is returned', () => {
  const it = steps()
  let student, place, college

  it('the college returns it with a reason, and both sides read it', async () => {
    student = await site.enter(site.of('student', SCHOOL)[1])
    place = await acts.offer(hr, student.name)
    await acts.accept(student, EMPLOYER)
    await student.sees('院系审核中')
    college = await acts.reviewerOf(site, student)
    await acts.toReview(college, student.name)
    const ask = await college.open('退回')
    await ask.getByLabel('退回原因').selectOption({ label: '内容不完整' })
    await ask.getByLabel('补充说明').fill('报到地点请写到房间号。')
    await college.press('退回', { within: ask })
    await college.sees('已退回，单位和学生会看到原因')
    await hr.heard(`${student.name} 的协议被审核退回：内容不完整`)
    await student.heard('被审核退回：内容不完整')
    await student.go('/student/agreements')
    await student.follow(new RegExp(EMPLOYER), { within: student.page.locator('article') })
    await student.sees('报到地点请写到房间号。')
  })

  it('the employer mends it, and it goes the whole way', async () => {
    await hr.go(place)
    await hr.sees('报到地点请写到房间号。')
    await mend(place, { 报到地点: '江城市高新区软件园路 18 号 3 楼 301 室' })
    await acts.toOffer(student, EMPLOYER)
    await student.sees('有改动')
    await acts.tickAll(student)
    await acts.saved(student)
    await acts.sign(student)
    await acts.toReview(college, student.name)
    await college.sees('301 室')
    await college.press('通过')
    await acts.toReview(staff, student.name)
    await staff.press('通过')
    await staff.sees(/协议编号 \S+ 已生成/)
    await hr.go(place)
    await hr.sees('已签约')
  })

  it('the browsers have nothing to complain about', () => site.verdict())
})

describe('a school that changes its rules', () => {
  const it = steps()

  /** Sets one parameter of the whole school. */
  async function set(key, value) {
    await staff.go('/school/parameters')
    await staff.page.locator(`#f-${key}`).selectOption(value)
    await staff.press('保存修改')
    await staff.sees('已保存，修改了 1 项')
  }

  it('without the review of the colleges, an acceptance goes to the school at once', async () => {
    await set('college_review', 'off')
    await staff.sees(staff.name, staff.page.locator('#list tbody tr').first())
    const student = await site.enter(site.of('student', SCHOOL)[2])
    await acts.offer(hr, student.name)
    await acts.accept(student, EMPLOYER)
    await student.sees('已应约，等待学校审核')
    await student.sees('学校审核中')
    await staff.heard(student.name)
    await acts.toReview(staff, student.name)
    await staff.press('通过')
    await staff.sees(/协议编号 \S+ 已生成/)
    await set('college_review', 'on')
  })

  it('the browsers have nothing to complain about', () => site.verdict())
})
