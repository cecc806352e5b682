// What each role does on the way of an agreement, click by click.
import assert from 'node:assert/strict'

/** Terms that the law allows, by the labels of the form. `select` are those chosen from a list. */
export const TERMS = {
  岗位名称: '嵌入式开发工程师',
  工作地点: '江城市高新区软件园路 18 号',
  合同期限: '36',
  试用期: '3',
  试用期月薪: '10,000',
  转正月薪: '12,500',
  报到地点: '江城市高新区软件园路 18 号 3 楼人力资源部',
  甲方违约金: '3000',
  乙方违约金: '3000',
}

/** A day so many days from now, as date fields take it. */
export function day(offset) {
  return new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10)
}

/** Fills the fields of the offer form that are named. */
export async function fill(person, terms) {
  for (const [label, value] of Object.entries(terms)) await person.field(label).fill(value)
}

/** Fills the whole form with terms that are good. */
export async function fillAll(person) {
  await fill(person, TERMS)
  await person.field('职位类别').selectOption({ label: '工程技术人员' })
  await person.field('工作省份').selectOption({ label: '湖北' })
  await person.page.getByRole('group', { name: '专业是否对口' }).getByLabel('是').check()
  await person.field('报到开始日').fill(day(240))
  await person.field('报到截止日').fill(day(250))
  await person.page.getByLabel('升学', { exact: true }).check()
  await person.field('补充条款 1').fill('甲方为乙方提供第一年免费住宿。')
}

/** Ticks every clause of the form that is not ticked; how many there are. */
export async function tickAll(person, { but = 0 } = {}) {
  const ticks = person.page.locator('ul.ticks input[name=tick]')
  const count = await ticks.count()
  assert.ok(count >= 13, `only ${count} clauses`)
  for (let i = but; i < count; i++) await ticks.nth(i).check()
  // The employer's own words are confirmed where they are written.
  const own = person.page.locator('.extra input[name=tick]').filter({ visible: true })
  for (let i = 0; i < (await own.count()); i++) await own.nth(i).check()
  return count
}

/** To 网签三方协议 by the navigation, and to one of its tabs. */
export async function toTab(person, tab) {
  await person.follow('网签三方协议', { within: person.page.getByRole('navigation', { name: '主导航' }), exact: false })
  if (tab) await choose(person, tab)
}

/** Chooses a tab of a list, whose words are followed by a count. */
export async function choose(person, tab) {
  const link = tabs(person).filter({ hasText: new RegExp(`^${tab}\\s*\\d+$`) })
  await link.click()
  await tabs(person).and(person.page.locator('[aria-current=page]')).filter({ hasText: tab }).waitFor()
  await person.look(tab)
}

/** The tabs of a list as links. */
export function tabs(person) {
  return person.page.getByRole('navigation', { name: '协议分类' }).getByRole('link')
}

/** Words and count of each tab. */
export async function counts(person) {
  const texts = await tabs(person).allInnerTexts()
  return Object.fromEntries(texts.map(text => text.trim().match(/^(\D+?)\s*(\d+)$/).slice(1)))
}

/** Looks for somebody in the list; the rows that are found. */
export async function search(person, words) {
  const { page } = person
  const q = page.getByRole('searchbox')
  await q.fill(words)
  await page.getByRole('button', { name: '查询' }).click()
  await page.waitForURL(url => url.searchParams.get('q') === words)
  await page.locator('#list').waitFor()
  const rows = page.locator('#list tbody tr')
  await rows.or(page.locator('#list .empty')).first().waitFor()
  await person.look('searched')
  return rows
}

/** The row of a student in the list, found by search. */
export async function rowOf(person, student) {
  const row = (await search(person, student)).filter({ hasText: student })
  await row.first().waitFor()
  assert.equal(await row.count(), 1)
  return row
}

/** From anywhere to the offer form of a student: list, search, résumé, button. */
export async function toForm(person, student) {
  await toTab(person, '可签约学生')
  const row = await rowOf(person, student)
  await person.follow(/^简历/, { within: row })
  await person.sees(`${student} 的简历`)
  await person.follow('网签三方协议', { within: person.page.locator('main') })
  await person.sees(`与 ${student} 网签三方协议`)
}

/** 保存, by the button at the foot of the form. */
export async function save(person) {
  await person.press('保存', { within: person.page.locator('form#offer') })
}

/** 发起邀约, from the form or from the agreement's page. */
export async function send(person, days = '7') {
  const form = person.page.locator('form[action$="/sending"]')
  await form.getByLabel('学生答复期限').selectOption(days)
  await person.press('发起邀约', { within: form })
  await person.sees('已发起邀约')
  await person.sees('待学生确认')
}

/** A whole offer to a student; the path of its page for the employer. */
export async function offer(person, student) {
  await toForm(person, student)
  await fillAll(person)
  await tickAll(person)
  await save(person)
  await send(person)
  return new URL(person.page.url()).pathname
}

/** A student's open offer of an employer, from the first page. */
export async function toOffer(person, employer) {
  await person.go('/student')
  await person.follow(new RegExp(employer), { within: person.page.locator('article') })
  await person.sees(`${employer}邀请你签约`)
}

/** What comes before signing: with scripts a sheet opens, without it stands on the page. */
export async function toSheet(person) {
  const { page } = person
  const sheet = page.locator('[data-sheet]')
  if (person.scripts) {
    await page.locator('section.act').getByRole('button', { name: '应约' }).click()
    await page.locator('dialog[open]').waitFor()
    await person.look('the signing sheet')
  }
  await sheet.waitFor()
  return sheet
}

/** Fills the signing sheet, and 应约. */
export async function sign(person, { password = person.account.password } = {}) {
  const sheet = await toSheet(person)
  await sheet.getByLabel(/我同意以电子方式签署/).check()
  await sheet.getByLabel('再次输入登录密码').fill(password)
  await person.press('应约', { within: sheet })
}

/** Answers an open offer with yes. */
export async function accept(person, employer) {
  await toOffer(person, employer)
  await tickAll(person)
  await saved(person)
  await sign(person)
}

/** Where scripts run, ticks are saved as they are made. */
export async function saved(person) {
  if (person.scripts) await person.sees(/已自动保存/)
}

/**
 * The reviewer of the student's college: the one who has the agreement in the queue. With `only`, all the
 * others are asked too, and must not have it.
 */
export async function reviewerOf(site, student, { only = false, ...options } = {}) {
  const found = []
  // Those to whom an offer can be made are in the last colleges.
  for (const account of site.of('college', student.account.school).reverse()) {
    const reviewer = await site.enter(account, options)
    await reviewer.go('/college/agreements?state=waiting')
    const row = reviewer.page.locator('#list tbody tr').filter({ hasText: student.name })
    if (await row.count()) found.push(reviewer)
    else await reviewer.context.close()
    if (found.length > 0 && !only) break
  }
  assert.equal(found.length, 1, `${found.length} reviewers have the agreement of ${student.name}`)
  return found[0]
}

/** From a reviewer's queue to the agreement of a student. */
export async function toReview(person, student, tab) {
  const base = person.account.role === 'college' ? '/college' : '/school'
  await person.go(base)
  await toTab(person, tab)
  const row = await rowOf(person, student)
  await person.follow(/^查看/, { within: row })
}
