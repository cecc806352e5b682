// Two people at once, or one person twice: one is first, the other gets a clear answer and loses no work.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import * as acts from './support/acts.mjs'
import { start } from './support/site.mjs'
import { steps } from './support/steps.mjs'

const SCHOOL = '10999'
const FIRST = '江城云图软件有限公司'
const SECOND = '东湖光电科技股份有限公司'

let site, yuntu, guangdian

before(async () => {
  site = await start()
  yuntu = await site.enter(site.account('yuntu'))
  guangdian = await site.enter(site.account('guangdian'))
})

after(() => site?.stop())

/** Presses buttons of several pages in the same moment; the pages that came of it, by their headings. */
async function atOnce(buttons) {
  const arrived = button => Promise.all([button.page().waitForEvent('domcontentloaded'), button.click()])
  await Promise.all(buttons.map(arrived))
  await Promise.all(buttons.map(button => button.page().waitForLoadState('load')))
  return Promise.all(buttons.map(button => button.page().locator('main').innerText()))
}

/** An open offer, read, ticked and with everything typed but the last click; the button for that. */
async function readyToAccept(student, employer) {
  await acts.toOffer(student, employer)
  await acts.tickAll(student)
  await acts.saved(student)
  const sheet = await acts.toSheet(student)
  await sheet.getByLabel(/我同意以电子方式签署/).check()
  await sheet.getByLabel('再次输入登录密码').fill(student.account.password)
  return sheet.getByRole('button', { name: '应约' })
}

describe('two employers and one student', () => {
  const it = steps()
  let student, won, lost

  it('both make an offer, and the student is told of both', async () => {
    student = await site.enter(site.of('student', SCHOOL)[0])
    const places = [await acts.offer(yuntu, student.name), await acts.offer(guangdian, student.name)]
    won = { hr: yuntu, name: FIRST, place: places[0] }
    lost = { hr: guangdian, name: SECOND, place: places[1] }
    await student.heard(FIRST)
    await student.heard(SECOND)
    await student.go('/student')
    await student.sees('2 份邀约等你答复')
  })

  it('the student accepts both in the same moment: one is accepted, the other answered clearly', async () => {
    const one = await readyToAccept(student, FIRST)
    const firstTab = student.page
    student.page = await student.context.newPage()
    const two = await readyToAccept(student, SECOND)
    const texts = await student.refused(409, () => atOnce([one, two]))
    const winner = texts.findIndex(text => text.includes('已应约'))
    assert.notEqual(winner, -1, texts.join('\n'))
    assert.match(texts[1 - winner], /已有正在审核或生效的协议/)
    if (winner === 1) [won, lost] = [lost, won]
    student.page = winner === 0 ? firstTab : student.page
    await student.sees('院系审核中')
    await won.hr.heard(`${student.name} 已应约`)
    const heard = await lost.hr.messages()
    assert.ok(!heard[0].includes(student.name), 'the other employer learns of it when it is in force')
  })

  it('the open offer of the other cannot be accepted, and says why', async () => {
    await student.go('/student/agreements')
    await student.follow(new RegExp(lost.name), { within: student.page.locator('article') })
    const button = student.page.getByRole('button', { name: '应约' })
    assert.equal(await button.getAttribute('aria-disabled'), 'true')
    await student.sees('已有正在审核或生效的协议')
  })

  it('once it is in force the other offer has lapsed, and everybody is told', async () => {
    const college = await acts.reviewerOf(site, student)
    await acts.toReview(college, student.name)
    await college.press('通过')
    const school = await site.enter(site.of('school', SCHOOL)[0])
    await acts.toReview(school, student.name)
    await school.press('通过')
    await school.sees(/协议编号 \S+ 已生成/)
    await lost.hr.heard(`${student.name} 已与其他单位签约，你的邀约失效`)
    await lost.hr.go(lost.place)
    await lost.hr.sees('已失效')
    await won.hr.go(won.place)
    await won.hr.sees('已签约')
    await student.heard(`你已与其他单位签约，${lost.name} 的邀约失效`)
  })

  it('the browsers have nothing to complain about', () => site.verdict())
})

describe('the employer withdraws while the student accepts', () => {
  it('one is first, the other is told what has become of it', async () => {
    const student = await site.enter(site.of('student', SCHOOL)[1])
    const place = await acts.offer(yuntu, student.name)
    const accept = await readyToAccept(student, FIRST)
    const ask = await yuntu.open('撤回邀约')
    const withdraw = ask.getByRole('button', { name: '撤回邀约' })
    const expecting = [yuntu.expect(409), student.expect(409)]
    const [said, told] = await atOnce([accept, withdraw])
    assert.equal(expecting[0].end() + expecting[1].end(), 1)
    if (said.includes('已应约')) {
      assert.match(told, /院系审核中/)
      assert.match(told, /内容已被更新/)
    } else {
      assert.match(told, /已撤回/)
      assert.match(said, /已撤回/)
    }
    await yuntu.go(place)
    const state = said.includes('已应约') ? '院系审核中' : '已撤回'
    await yuntu.sees(state)
    await student.go('/student/agreements')
    await student.sees(state)
    await site.verdict()
  })
})

describe('one employer with two tabs', () => {
  const it = steps()
  let student, edit

  it('who saves second is told, and keeps what was typed', async () => {
    student = site.of('student', SCHOOL)[2]
    await acts.toForm(yuntu, student.name)
    await acts.fillAll(yuntu)
    await acts.save(yuntu)
    edit = new URL(yuntu.page.url()).pathname
    const colleague = await site.enter(site.account('yuntu-hr'))
    await colleague.go(edit)
    await acts.fill(colleague, { 岗位名称: '同事改过的岗位' })
    await acts.save(colleague)
    await colleague.sees('已保存')

    await acts.fill(yuntu, { 转正月薪: '14321' })
    await yuntu.refused(422, () => acts.save(yuntu))
    await yuntu.sees('刚刚被其他人改过')
    assert.equal(await yuntu.field('转正月薪').inputValue(), '14321')
    assert.equal(await yuntu.field('岗位名称').inputValue(), acts.TERMS.岗位名称)
    const look = yuntu.page.getByRole('link', { name: '查看最新内容' })
    const coming = yuntu.context.waitForEvent('page')
    await look.click()
    const latest = await coming
    await latest.getByText('同事改过的岗位').first().waitFor()
    await latest.close()
  })

  it('leaving with unsaved work is asked for', async () => {
    const asked = []
    const answer = dialog => {
      asked.push(dialog.type())
      return dialog.dismiss()
    }
    yuntu.page.on('dialog', answer)
    await yuntu.page.getByRole('link', { name: '系统消息' }).first().click()
    await yuntu.field('转正月薪').click()
    yuntu.page.off('dialog', answer)
    assert.deepEqual(asked, ['beforeunload'])
    assert.equal(await yuntu.field('转正月薪').inputValue(), '14321')
  })

  it('saving again takes what stands in the form', async () => {
    await acts.save(yuntu)
    await yuntu.sees('已保存')
    assert.equal(await yuntu.field('转正月薪').inputValue(), '14321')
    assert.equal(await yuntu.field('岗位名称').inputValue(), acts.TERMS.岗位名称)
  })

  it('an act on a version that is gone is answered with what happened', async () => {
    await acts.tickAll(yuntu)
    await acts.save(yuntu)
    const other = await yuntu.tab(edit)
    await acts.send(yuntu)
    const form = other.locator('form[action$="/sending"]')
    const button = form.getByRole('button', { name: '发起邀约' })
    await yuntu.refused(409, () => Promise.all([other.waitForEvent('domcontentloaded'), button.click()]))
    const said = await other.locator('main').innerText()
    assert.match(said, /待学生确认/)
    await other.getByRole('link', { name: '返回' }).click()
    await other.getByText('待学生确认').first().waitFor()
    await other.close()
  })

  it('the browsers have nothing to complain about', () => site.verdict())
})

describe('a foreign id in the address', () => {
  it('answers as one that does not exist', async () => {
    const absent = '01a20000-0000-7000-8000-000000000000'
    const place = new URL(yuntu.page.url()).pathname
    const id = place.match(/[0-9a-f-]{36}/)[0]
    const foreign = site.of('student', SCHOOL).at(-1)
    const stranger = await site.enter(foreign)
    const elsewhere = await site.enter(site.of('school', '19999')[0])
    const paths = [
      [guangdian, place],
      [guangdian, `${place}/edit`],
      [guangdian, `${place}/document.pdf`],
      [yuntu, place.replace('/10999/', '/19999/')],
      [stranger, `/student/agreements/${id}`],
      [stranger, `/student/agreements/${id}/document`],
      [elsewhere, `/school/agreements/${id}`],
    ]
    for (const [person, path] of paths) {
      const answers = []
      for (const address of [path, path.replace(id, absent)]) {
        const answer = await person.refused(404, () => person.go(address))
        answers.push([answer.status(), await person.page.locator('body').innerText()])
      }
      assert.deepEqual(answers[0], answers[1], path)
      assert.match(answers[0][1], /页面不存在/)
    }
    await yuntu.go(place)
    site.verdict()
  })
})
