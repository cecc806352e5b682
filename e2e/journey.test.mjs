// The main job: an agreement is offered, accepted, reviewed and printed, by everybody who has a part in it,
// in browsers with scripts and in browsers without.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, describe } from 'node:test'
import * as acts from './support/acts.mjs'
import { start } from './support/site.mjs'
import { steps } from './support/steps.mjs'

const SCHOOL = '10999'
const EMPLOYER = '江城云图软件有限公司'

let site

before(async () => {
  site = await start()
})

after(() => site?.stop())

for (const scripts of [true, false]) {
  describe(scripts ? 'in browsers as they are' : 'in browsers without scripts', () => {
    /** The employer, the student, the reviewer, the school. */
    let hr, student, college, school
    /** The agreement's page for the employer. */
    let place
    let number
    const it = steps()

    before(async () => {
      // The first student accounts are those to whom an offer can be made.
      const account = site.of('student', SCHOOL)[scripts ? 0 : 1]
      hr = await site.enter(site.account('yuntu'), { scripts })
      student = await site.enter(account, { scripts })
    })

    after(async () => {
      for (const person of [hr, student, college, school]) await person?.context.close()
    })

    it('the employer finds the place: school, year, four tabs with counts', async () => {
      await hr.go('/employer')
      assert.equal(await hr.heading().innerText(), '工作台')
      await acts.toTab(hr)
      const counts = await acts.counts(hr)
      assert.deepEqual(Object.keys(counts), ['待确认', '可签约学生', '已签约学生', '已解约学生'])
      for (const [tab, count] of Object.entries(counts)) assert.ok(Number(count) > 0, `${tab} is empty`)
      for (const tab of ['可签约学生', '已签约学生', '已解约学生', '待确认']) await acts.choose(hr, tab)

      const here = new URL(hr.page.url()).pathname
      const switcher = hr.page.locator('details.menu.left')
      await switcher.locator('summary').click()
      await hr.look('the switcher')
      const others = switcher.locator('a:not([aria-current])')
      assert.ok((await others.count()) >= 3, 'two schools with two years each')
      await hr.follow(/2026 届/, { within: switcher.locator('a[href*="/19999/"]').locator('..'), exact: false })
      assert.notEqual(new URL(hr.page.url()).pathname, here)
      await hr.go(here)
    })

    it('nobody is found under a name that nobody has, and the page says why that may be', async () => {
      await acts.toTab(hr, '可签约学生')
      const rows = await acts.search(hr, '查无此人')
      assert.equal(await rows.count(), 0)
      await hr.sees('没有找到可签约的学生')
      await hr.sees('生源信息')
    })

    it('the form refuses what the law refuses, beside the field, and keeps what was typed', async () => {
      await acts.toForm(hr, student.name)
      await acts.fillAll(hr)
      await acts.tickAll(hr, { but: 2 })
      await acts.fill(hr, { 试用期: '7', 转正月薪: 'abc', 岗位名称: '工'.repeat(300) })
      await hr.field('报到开始日').fill(acts.day(-3))
      await hr.refused(422, () => acts.save(hr))
      assert.match(await hr.fault('probation_months'), /试用期至多 6 个月/)
      assert.match(await hr.fault('regular_pay'), /请填写数字/)
      assert.match(await hr.fault('report_from'), /不能早于今天/)
      assert.match(await hr.fault('position'), /不超过 64/)
      for (const [label, value] of [
        ['试用期', '7'],
        ['转正月薪', 'abc'],
        ['岗位名称', '工'.repeat(300)],
        ['工作地点', acts.TERMS.工作地点],
        ['报到开始日', acts.day(-3)],
        ['补充条款 1', '甲方为乙方提供第一年免费住宿。'],
      ])
        assert.equal(await hr.field(label).inputValue(), value, label)
      const ticks = hr.page.locator('ul.ticks input[name=tick]')
      assert.equal(await ticks.nth(0).isChecked(), false)
      assert.equal(await ticks.nth(5).isChecked(), true)
      await hr.sees('有 4 处需要修改')
    })

    it('a draft is saved, and cannot be sent before every clause is ticked', async () => {
      await acts.fill(hr, { 试用期: '6', 转正月薪: acts.TERMS.转正月薪, 岗位名称: acts.TERMS.岗位名称 })
      await hr.field('报到开始日').fill(acts.day(240))
      await acts.save(hr)
      await hr.sees('已保存')
      const send = hr.page.getByRole('button', { name: '发起邀约' })
      assert.equal(await send.getAttribute('aria-disabled'), 'true')
      await hr.sees(/还有 \d+ 条条款未确认/)
      await acts.tickAll(hr)
      await acts.save(hr)
      assert.equal(await hr.page.locator('ul.ticks input[name=tick]:not(:checked)').count(), 0)
      await acts.send(hr)
      place = new URL(hr.page.url()).pathname
    })

    it('a deadline that is none is refused beside the field', async () => {
      for (const [days, why] of [
        ['0', /须晚于原期限/],
        ['31', /1 至 30 之间/],
        ['abc', /1 至 30 之间/],
      ]) {
        const ask = await hr.open('延长答复期限')
        await ask.getByLabel('从今天起').fill(days)
        await hr.refused(422, () => hr.press('延长答复期限', { within: ask }))
        assert.match(await hr.fault('days'), why)
        assert.equal(await hr.page.getByLabel('从今天起').inputValue(), days)
        await hr.go(place)
      }
      const ask = await hr.open('延长答复期限')
      await ask.getByLabel('从今天起').fill('20')
      await hr.press('延长答复期限', { within: ask })
      await hr.sees('已延长答复期限')
    })

    it('the offer is withdrawn, edited and sent again; the student sees what has changed', async () => {
      await student.heard('向你发起签约邀约，岗位 嵌入式开发工程师')
      await acts.toOffer(student, EMPLOYER)

      const ask = await hr.open('撤回邀约')
      await hr.press('撤回邀约', { within: ask })
      await hr.sees('已撤回')
      await student.heard('撤回了邀约')
      await hr.follow('编辑')
      await acts.fill(hr, { 转正月薪: '13000' })
      await acts.save(hr)
      await hr.sees('还有 1 条条款未确认')
      await acts.tickAll(hr)
      await acts.save(hr)
      await acts.send(hr)

      await acts.toOffer(student, EMPLOYER)
      await student.sees('有改动')
      const changed = student.page.locator('ul.ticks li').filter({ has: student.page.locator('del') })
      assert.equal(await changed.count(), 1)
      assert.match(await changed.locator('del').innerText(), /12,500/)
      assert.match(await changed.locator('ins').innerText(), /13,000/)
    })

    it('the student ticks clause by clause, agrees, types the password again and accepts', async () => {
      const clauses = await acts.tickAll(student, { but: 1 })
      if (scripts) {
        await acts.saved(student)
        await student.sees('还有 1 条待确认')
        await student.page.reload()
        assert.equal(await student.page.locator('input[name=tick]:checked').count(), clauses - 1)
      } else {
        await student.press('保存勾选进度')
        await student.sees('勾选进度已保存')
        assert.equal(await student.page.locator('input[name=tick]:checked').count(), clauses - 1)
        await student.refused(422, () => acts.sign(student))
        assert.match(await student.page.locator('#tick-e').innerText(), /还有条款未确认/)
      }
      await acts.tickAll(student)
      await acts.saved(student)
      await student.refused(422, () => acts.sign(student, { password: 'not-my-password' }))
      assert.match(await student.fault('password'), /密码不对/)
      assert.equal(await student.page.locator('ul.ticks input[name=tick]:not(:checked)').count(), 0)
      const sheet = student.page.locator('[data-sheet]')
      await sheet.getByLabel('再次输入登录密码').fill(student.account.password)
      await student.press('应约', { within: sheet })
      await student.sees('已应约')
      await student.sees('院系审核中')
      await hr.heard(`${student.name} 已应约`)
    })

    it('the college approves', async () => {
      college = await acts.reviewerOf(site, student, { scripts, only: scripts })
      await college.heard(`${student.name} 与 ${EMPLOYER} 的协议等待你审核`)
      await acts.toReview(college, student.name)
      const ask = await college.open('退回')
      await college.refused(422, () => college.press('退回', { within: ask }))
      assert.match(await college.fault('reason'), /请填写此项/)
      await acts.toReview(college, student.name)
      await college.press('通过')
      await college.sees('已通过')
      await hr.heard(`${student.name} 的协议已通过院系审核`)
      await student.heard(`你与 ${EMPLOYER} 的协议已通过院系审核`)
    })

    it('the school approves: a number is issued, and it is signed', async () => {
      school = await site.enter(site.of('school', SCHOOL)[0], { scripts })
      await school.heard(`${student.name} 与 ${EMPLOYER}`)
      await acts.toReview(school, student.name)
      await school.press('通过')
      await school.sees(/协议编号 \S+ 已生成/)
      number = (await school.page.locator('main').innerText()).match(/协议编号 (\S+) 已生成/)[1]
      await hr.heard('已通过学校审核，已签约')
      await student.heard(`你与 ${EMPLOYER} 的协议已生效`)
      await college.heard('的协议已生效')
    })

    it('every party reads and prints it', async () => {
      await hr.go(place)
      await acts.toReview(college, student.name, '已签约')
      await acts.toReview(school, student.name, '已签约')
      await student.go('/student')
      await student.follow(new RegExp(EMPLOYER), { within: student.page.locator('article') })
      for (const person of [hr, student, college, school]) {
        await person.sees('已签约')
        await person.sees(number)
        const pdf = await person.print()
        assert.ok(pdf.pages >= 2, `${pdf.pages} pages`)
        const squeezed = number.replace(/\s/g, '')
        assert.ok(pdf.squeezed.split(squeezed).length > pdf.pages, 'the number stands on every page')
        for (const words of [student.name, EMPLOYER, '江城理工大学', '13,000', acts.TERMS.岗位名称])
          assert.ok(pdf.squeezed.includes(words.replace(/\s/g, '')), `${words} is not in the document`)
        assert.ok(!pdf.squeezed.includes('未生效'), 'no watermark any more')
      }
      await acts.toTab(hr, '已签约学生')
      await (await acts.rowOf(hr, student.name)).getByText('已签约').first().waitFor()
    })

    it('anybody verifies it: by the code on its pages, and by the file itself', async () => {
      await hr.go(place)
      const pdf = await hr.print()
      const [, address] = pdf.squeezed.match(/(\/v\/[0-9A-Z]+\/[0-9A-Za-z]{10})/)
      const sealed = await readFile(pdf.file)
      assert.equal(sealed.toString('latin1').split('/ByteRange').length - 1, 3, 'three signatures')
      const somebody = await site.person({ role: 'nobody', login: 'nobody', name: '路人' }, { scripts })
      try {
        await somebody.go(address)
        await somebody.sees('已签约')
        await somebody.sees(number)
        const words = await somebody.page.locator('main').innerText()
        for (const whole of [student.name, EMPLOYER]) assert.ok(!words.includes(whole), `${whole} is told to anybody`)

        const bring = async (name, buffer) => {
          await somebody.go('/v')
          const field = somebody.page.locator('input[type=file]')
          await field.setInputFiles({ name, mimeType: 'application/pdf', buffer })
          await somebody.press('核验文件')
        }
        await bring('协议书.pdf', sealed)
        await somebody.sees('这份文件与系统存档一致')
        const changed = Buffer.from(sealed)
        changed[changed.length >> 1] ^= 1
        await bring('改过.pdf', changed)
        await somebody.sees('与系统存档不一致')
      } finally {
        await somebody.context.close()
      }
    })

    it('the browsers have nothing to complain about', () => site.verdict())
  })
}
