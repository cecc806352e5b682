// Takes pictures of the main pages of a running demo. Started by bin/visual, which also starts the demo.
//
//   node bin/visual.mjs BASE ACCOUNTS.json FOLDER [--images DIR] [--only TEXT] [--quick]
//
// FOLDER gets NAME-WIDTH-LANG[-dark].png of each page, and report.txt: what axe found, what the console said,
// what was wider than the window, which texts look like codes. Any finding makes the exit code 1.
import { chromium } from 'playwright-core';
import { readFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [base, accountsFile, folder, ...options] = process.argv.slice(2);
if (!folder) {
  console.error('usage: node bin/visual.mjs BASE ACCOUNTS.json FOLDER [--images DIR] [--only TEXT] [--quick]');
  process.exit(2);
}
const option = (name) => (options.includes(name) ? options[options.indexOf(name) + 1] : undefined);
const images = option('--images');
const only = option('--only');
const quick = options.includes('--quick');

// The demo may still be filling its database.
for (let tries = 240; ; tries--) {
  const ready = await fetch(`${base}/readyz`).then((answer) => answer.ok, () => false);
  if (ready) break;
  if (!tries) throw new Error(`nothing answers at ${base}`);
  await new Promise((done) => setTimeout(done, 500));
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const { captcha, accounts } = JSON.parse(readFileSync(accountsFile, 'utf8'));
const account = (login) => {
  const found = accounts.find((one) => one.login === login);
  if (!found) throw new Error(`the demo has no account ${login}`);
  return found;
};

/** The first school's student of whom the list of accounts says this. */
const student = (note) => {
  const found = accounts.find((one) => one.role === 'student' && one.school === '10999' && one.note.includes(note));
  if (!found) throw new Error(`the demo has no student: ${note}`);
  return found.login;
};

const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
// Words of an address or of a type are no text for a reader; these patterns find keys and codes that leaked.
const LEAK = /\b(?:error|flash|state|reason|act|col|nav|term|clause|notice|refusal|block)\.[a-z_]+\b|\b(?:undefined|null|NaN|Some\()\b|%\{/;

mkdirSync(folder, { recursive: true });
const findings = [];
const note = (page, text) => findings.push(`${page}: ${text}`);

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});

/** A context of one language; its console and CSP errors are findings. */
async function open(lang, viewport, scheme = 'light') {
  const context = await browser.newContext({
    viewport,
    locale: lang,
    timezoneId: 'Asia/Shanghai',
    colorScheme: scheme,
    deviceScaleFactor: 1,
  });
  const page = await context.newPage();
  page.on('console', (message) => {
    // A 404 or 422 that is the page itself is told by its own text.
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) note(page.url(), message.text());
  });
  page.on('pageerror', (error) => note(page.url(), String(error)));
  return page;
}

async function login(page, who) {
  const { role, login: name, password, school } = account(who);
  const door = role === 'employer' || role === 'student' ? role : 'staff';
  await page.goto(`${base}/login/${door}`);
  const choice = page.locator('select[name=school]');
  if (school && (await choice.count())) await choice.selectOption(school);
  await page.fill('input[name=login]', name);
  await page.fill('input[name=password]', password);
  const answer = page.locator('input[name=captcha]');
  if (await answer.count()) await answer.fill(captcha);
  await page.locator('main form button[type=submit]').first().click();
  await page.waitForLoadState();
  if (page.url().includes('/login')) throw new Error(`${who} could not log in: ${await page.locator('main').innerText()}`);
}

/** Checks what is on the screen and takes its picture. */
async function take(page, name) {
  await page.evaluate(() => document.fonts.ready);
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  for (const one of violations) note(name, `axe ${one.id} ×${one.nodes.length}: ${one.nodes[0].html.slice(0, 160)} ${(one.nodes[0].any[0]?.message ?? '').slice(0, 160)}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 0) note(name, `${wide} px wider than the window`);
  const leak = (await page.locator('body').innerText()).match(LEAK);
  if (leak) note(name, `a code in the text: ${leak[0]}`);
  // As high as the page, so that what sticks to the window's edge does not lie across the picture.
  const size = page.viewportSize();
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ ...size, height: Math.max(size.height, height) });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
  await page.setViewportSize(size);
}

/** The first address on the page that fits a pattern. */
async function find(page, from, pattern) {
  await page.goto(base + from);
  const all = await page.locator('a[href]').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
  const found = all.find((href) => pattern.test(href));
  if (!found) note(from, `no link like ${pattern}`);
  return found;
}

const DETAIL = /\/agreements\/[0-9a-f-]{36}$/;
const CLICK = (selector) => async (page) => {
  const target = page.locator(selector).first();
  if (await target.count()) await target.click();
};

// Every tour: an account, and its pages as [name, address or function that finds it, what to do there].
const E = '/employer/10999/2027';
const detail = (list) => (page) => find(page, list, DETAIL);
const under = (list, tail) => async (page) => {
  const found = await find(page, list, DETAIL);
  return found && found + tail;
};
const states = (list, names) => names.map((state) => [`detail-${state}`, detail(list(state))]);
const review = (area) => [
  ...['waiting', 'offered', 'reviewing', 'effective', 'unsigned', 'ended'].flatMap((tab) => [
    [`agreements-${tab}`, `/${area}/agreements?state=${tab}`],
    [`detail-${tab}`, detail(`/${area}/agreements?state=${tab}`)],
  ]),
  ['agreements-nothing', `/${area}/agreements?state=effective&q=zzzz`],
  ['document', under(`/${area}/agreements?state=effective`, '/document')],
  ['record', under(`/${area}/agreements?state=effective`, '/record')],
  ['record-ended', under(`/${area}/agreements?state=ended`, '/record')],
  ['messages', `/${area}/messages`],
  ['password', '/password'],
  ['absent', `/${area}/agreements/00000000-0000-0000-0000-000000000000`],
];
const TOURS = [
  ['public', null, [
    ['home', '/'], ['school', '/s/10999'], ['help', '/help'],
    ['login-employer', '/login/employer'], ['login-employer-sum', '/login/employer?captcha=text'],
    ['login-student', '/login/student'], ['login-staff', '/login/staff'],
    ['activate-bad', '/activate/nonsense'], ['absent', '/nothing/here'], ['denied', '/school'],
    ['verify', '/v'], ['verify-unknown', '/v?number=202710999300000366&code=abcdefghjk'],
  ]],
  ['employer', 'yuntu', [
    ['home', '/employer'], ['workbench', E],
    ['pending', `${E}/agreements`], ['eligible', `${E}/agreements?tab=eligible`],
    ['signed', `${E}/agreements?tab=signed`], ['terminated', `${E}/agreements?tab=terminated`],
    ['nobody', `${E}/agreements?tab=eligible&q=张不存在`],
    ...states((state) => `${E}/agreements?tab=pending&state=${state}`, ['offered', 'withdrawn', 'declined', 'expired', 'returned', 'superseded']),
    ...states((state) => `${E}/agreements?tab=signed&state=${state}`, ['college_review', 'school_review', 'effective']),
    ...states((state) => `${E}/agreements?tab=terminated&state=${state}`, ['terminating', 'terminated', 'voided']),
    ['resume', (page) => find(page, `${E}/agreements?tab=eligible`, /\/resume$/)],
    ['offer', (page) => find(page, `${E}/agreements?tab=eligible`, /\/offer$/)],
    ['offer-wrong', (page) => find(page, `${E}/agreements?tab=eligible`, /\/offer$/), CLICK('main form button[type=submit]')],
    ['edit', under(`${E}/agreements?tab=pending&state=withdrawn`, '/edit')],
    ['document', under(`${E}/agreements?tab=signed&state=effective`, '/document')],
    ['record', under(`${E}/agreements?tab=signed&state=effective`, '/record')],
    ['termination', under(`${E}/agreements?tab=signed&state=effective`, '/termination')],
    ['termination-open', under(`${E}/agreements?tab=terminated&state=terminating`, '/termination')],
    ['batches', `${E}/batches`],
    ['messages', `${E}/messages`], ['password', '/password'],
    ['password-wrong', '/password', CLICK('main form button[type=submit]')],
    ['absent', `${E}/agreements/00000000-0000-0000-0000-000000000000`],
  ]],
  ['waiting-employer', 'dingxin', [['home', '/employer']]],
  ['refused-employer', 'chenguang', [['home', '/employer']]],
  ['student-offer', student('待确认的邀约'), [
    ['home', '/student'], ['list', '/student/agreements'], ['detail', detail('/student/agreements')],
    ['detail-ticked', detail('/student/agreements'), async (page) => {
      const open = page.locator('input[name=tick]:not(:checked)');
      while (await open.count()) await open.first().check();
      await page.waitForTimeout(900);
    }],
    ['document', under('/student/agreements', '/document')],
    ['source', '/student/source'], ['resume', '/student/resume'], ['messages', '/student/messages'], ['password', '/password'],
  ]],
  ...[
    ['ready', '可签约'], ['signed', '已签约'], ['college', '院系审核中'], ['school', '学校审核中'],
    ['returned', '审核退回'], ['terminating', '解约审核中'], ['terminated', '已解约'], ['expired', '已过期'],
  ].map(([name, note]) => [`student-${name}`, student(note), [
    ['home', '/student'], ['list', '/student/agreements'],
    ...(name === 'ready' ? [['source', '/student/source'], ['resume', '/student/resume'], ['paper', '/student/paper']] : [['detail', detail('/student/agreements')]]),
    ...(name === 'signed' || name === 'terminating' ? [
      ['record', under('/student/agreements', '/record')], ['termination', under('/student/agreements', '/termination')],
    ] : []),
    ['messages', '/student/messages'],
  ]]),
  ['college', 'jclg-cl', [
    ['queue', '/college'], ...review('college'),
    ['students', '/college/students'], ['student', (page) => find(page, '/college/students', /\/college\/students\/[0-9a-f-]{36}$/)], ['students-approved', '/college/students?status=approved'], ['students-returned', '/college/students?status=returned'],
  ]],
  ['school', 'jclg-zx1', [['home', '/school'], ...review('school'), ['parameters', '/school/parameters'], ['paper', '/school/paper'],
    ['template', '/school/template'], ['template-preview', '/school/template/preview'], ['pictures', '/school/pictures']]],
  ['platform', 'platform', [['home', '/platform'], ['password', '/password']]],
];

const looks = quick
  ? [['zh-CN', WIDE, 'light']]
  : [['zh-CN', WIDE, 'light'], ['zh-CN', PHONE, 'light'], ['en', WIDE, 'light'], ['en', PHONE, 'light'], ['zh-CN', WIDE, 'dark'], ['zh-CN', PHONE, 'dark']];

async function tour([area, who, pages]) {
  const wanted = pages.filter(([name]) => !only || `${area}-${name}`.includes(only));
  if (!wanted.length) return;
  for (const [lang, viewport, scheme] of looks) {
    const page = await open(lang, viewport, scheme);
    if (who) await login(page, who);
    for (const [name, where, act] of wanted) {
      const full = [area, name, viewport.width, lang === 'en' ? 'en' : 'zh', scheme === 'dark' && 'dark'].filter(Boolean).join('-');
      try {
        const address = typeof where === 'function' ? await where(page) : where;
        if (!address) continue;
        await page.goto(base + address);
        if (act) await act(page);
        await take(page, full);
      } catch (error) {
        note(full, String(error).split('\n')[0]);
      }
    }
    await page.context().close();
  }
}

/** The pictures of the README: the window as it opens, small files. */
async function readme(dir) {
  mkdirSync(dir, { recursive: true });
  const shoot = async (name, who, viewport, where, act) => {
    const page = await open('zh-CN', viewport);
    await login(page, who);
    const address = typeof where === 'function' ? await where(page) : where;
    await page.goto(base + address);
    if (act) await act(page);
    await page.evaluate(() => document.fonts.ready);
    await page.screenshot({ path: join(dir, `${name}.png`) });
    await page.context().close();
  };
  await shoot('workbench', 'yuntu', WIDE, E);
  await shoot('agreements', 'yuntu', WIDE, `${E}/agreements`);
  await shoot('detail', 'yuntu', WIDE, detail(`${E}/agreements?tab=signed&state=effective`));
  await shoot('accept', student('待确认的邀约'), PHONE, detail('/student/agreements'));
  await shoot('queue', 'jclg-cl', WIDE, '/college');
}

// The README first: the tours tick clauses.
if (images) await readme(images);
for (const one of TOURS) await tour(one);
await browser.close();
const seen = [...new Set(findings)];
writeFileSync(join(folder, 'report.txt'), seen.map((line) => `${line}\n`).join(''));
console.log(seen.length ? seen.join('\n') : 'no findings');
process.exit(seen.length ? 1 : 0);
