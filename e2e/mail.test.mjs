// Mail as people meet it: an address is confirmed, the school asks for codes, an offer comes by mail and is
// accepted with a code; and the employer's certificate beside the terms.
import assert from 'node:assert/strict'
import { after, before, describe } from 'node:test'
import * as acts from './support/acts.mjs'
import { post } from './support/post.mjs'
import { start } from './support/site.mjs'
import { steps } from './support/steps.mjs'

const SCHOOL = '10999'
const EMPLOYER = '江城云图软件有限公司'

let site, mail

before(async () => {
  mail = await post()
  site = await start({ env: mail.env })
})

after(async () => {
  await site?.stop()
  await mail?.stop()
})

const code = text => text.match(/(?<!\d)\d{6}(?!\d)/)[0]

/** A photograph of a certificate, as somebody might send it. */
async function photograph(person) {
  await person.go('/employer/company')
  return { name: '营业执照.png', mimeType: 'image/png', buffer: await person.page.screenshot() }
}

for (const scripts of [true, false]) {
  describe(scripts ? 'in browsers as they are' : 'in browsers without scripts', () => {
    const it = steps()
    let hr, student, staff, address, seen

    before(async () => {
      staff = await site.enter(site.of('school', SCHOOL)[0], { scripts })
      hr = await site.enter(site.account('yuntu'), { scripts })
      student = await site.enter(site.of('student', SCHOOL)[scripts ? 0 : 1], { scripts })
      address = `s${student.account.login}@student.example`
    })

    after(async () => {
      for (const person of [hr, student, staff]) await person?.context.close()
    })

    it('the school asks for a code by mail', async () => {
      await staff.go('/school/parameters')
      await staff.field('应约和解约时的身份确认').selectOption({ label: '邮件验证码' })
      await staff.field('邀约变动').selectOption({ label: '站内和邮件' })
      await staff.press('保存修改')
      await staff.sees(/已保存/)
    })

    it('the student confirms an address with the code that was sent to it', async () => {
      await student.go('/account')
      await student.field('邮箱地址').fill('not an address')
      await student.field('登录密码').fill(student.account.password)
      await student.refused(422, () => student.press('发送验证码'))
      assert.match(await student.fault('email'), /正确的邮箱地址/)
      await student.field('邮箱地址').fill(address)
      await student.field('登录密码').fill(student.account.password)
      await student.press('发送验证码')
      await student.sees(/验证码已发送到/)
      const { text } = await mail.arrives(address, '确认邮箱')
      await student.field('邮件验证码').fill(code(text) === '000000' ? '000001' : '000000')
      await student.refused(422, () => student.press('确认邮箱'))
      assert.match(await student.fault('code'), /验证码不对/)
      await student.field('邮件验证码').fill(code(text))
      await student.press('确认邮箱')
      await student.sees('邮箱已确认')
    })

    it('the employer sends its certificate', async () => {
      const file = await photograph(hr)
      await hr.field('营业期限自').fill('2016-05-18')
      await hr.refused(422, () => hr.press('提交'))
      assert.match(await hr.fault('valid_to'), /请填写此项/)
      await hr.page.getByLabel('长期有效').check()
      await hr.page.locator('#f-licence').setInputFiles(file)
      await hr.press('提交')
      await hr.sees('营业执照已提交')
    })

    it('an offer comes by mail, with the way to it and without a name', async () => {
      seen = mail.got.length
      // From the company's page, which belongs to no school, the navigation leads on.
      await acts.offer(hr, student.name)
      const { text } = await mail.arrives(address, '你收到一份签约邀约', { after: seen })
      assert.ok(text.includes(EMPLOYER), text)
      assert.ok(!text.includes(student.name), text)
      await student.go(new URL(text.match(/https?:\S+/)[0]).pathname)
      await student.sees(`${EMPLOYER}邀请你签约`)
    })

    it('the student accepts with a code that is asked for there', async () => {
      await acts.tickAll(student)
      await acts.saved(student)
      let sheet = await acts.toSheet(student)
      await sheet.getByLabel(/我同意以电子方式签署/).check()
      seen = mail.got.length
      await student.press('发送验证码', { within: sheet })
      sheet = student.page.locator('[data-sheet]')
      await student.sees(/已发送到/, sheet)
      assert.equal(await sheet.getByLabel(/我同意以电子方式签署/).isChecked(), true, 'what was ticked is kept')
      const { text } = await mail.arrives(address, '你正在应约', { after: seen })
      await sheet.locator('#f-code').fill(code(text))
      // Not the button: the enter key does the same, and does not send another code.
      await student.enter(sheet.locator('#f-code'))
      await student.sees(/已应约/)
    })

    it('the reviewer compares the certificate, and the record says what was there', async () => {
      const college = await acts.reviewerOf(site, student, { scripts })
      await acts.toReview(college, student.name)
      await college.sees(/单位自行上传.*平台未核验/)
      await college.sees('填写的编号与统一社会信用代码相同')
      const picture = college.page.locator('.licence img')
      await picture.scrollIntoViewIfNeeded()
      const address = new URL(await picture.getAttribute('src'), site.url).href
      const got = await college.context.request.get(address)
      assert.equal(got.headers()['content-type'], 'image/png')
      await college.look('with the certificate')
      // The employer replaces it meanwhile: nothing is decided on what was not shown.
      const old = await college.page.locator('form[action$="/approval"] input[name=licence]').inputValue()
      const file = await photograph(hr)
      await hr.field('营业期限自').fill('2016-05-18')
      await hr.page.getByLabel('长期有效').check()
      await hr.page.locator('#f-licence').setInputFiles(file)
      await hr.press('提交')
      await college.refused(409, () => college.press('通过'))
      await college.sees(/更换了营业执照，这次没有办理/)
      const now = await college.page.locator('form[action$="/approval"] input[name=licence]').inputValue()
      assert.notEqual(now, old)
      await college.press('通过')
      const place = new URL(college.page.url()).pathname
      await college.go(`${place}/record`)
      await college.sees('邮件验证码')
      await college.sees(/审核时的营业执照：营业执照.png/)
      await college.context.close()
    })

    it('nothing was wrong in any browser', () => site.verdict())
  })
}
