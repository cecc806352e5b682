// A Sanfang of its own for a test file: the real program with demo data in a temporary folder, on a free
// port; and the browsers of the people who use it, each with everything recorded that must not happen.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { Person } from './person.mjs'

/** Milliseconds that anything may take on a machine that is busy with other things. */
export const PATIENCE = Number(process.env.SANFANG_E2E_PATIENCE ?? 60_000)

const WIDE = { width: 1440, height: 900 }
const PHONE = { width: 390, height: 844 }

/** Starts the program, with `env` besides ours, and a browser. Call `stop` at the end, whatever has happened. */
export async function start({ env = {} } = {}) {
  const program = process.env.SANFANG_BIN
  assert.ok(program, 'SANFANG_BIN names no program; bin/ci sets it')
  const folder = await mkdtemp(join(tmpdir(), 'sanfang-e2e-'))
  const accounts = join(folder, 'accounts.json')
  const args = ['demo', '--listen', '127.0.0.1:0', '--data', join(folder, 'data'), '--accounts', accounts]
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } })
  const site = new Site(child, folder)
  try {
    site.url = await site.address()
    Object.assign(site, JSON.parse(await readFile(accounts, 'utf8')))
    site.browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    })
    const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
    site.axe = await readFile(axe, 'utf8')
  } catch (error) {
    await site.stop()
    throw error
  }
  return site
}

class Site {
  /** What the program has printed; shown when it did not start. */
  #printed = ''
  #log = ''
  #ended
  /** Pages that axe has looked at already. */
  looked = new Set()
  people = []

  constructor(child, folder) {
    this.child = child
    this.folder = folder
    // Also when the test runner is interrupted, the program does not outlive it.
    process.once('exit', () => child.kill('SIGKILL'))
    child.stdout.on('data', chunk => (this.#printed += chunk))
    child.stderr.on('data', chunk => (this.#log += chunk))
    this.#ended = new Promise(resolve => {
      child.on('exit', resolve)
      child.on('error', error => {
        this.#log += error
        resolve()
      })
    })
  }

  /** The printed address, once the program listens. */
  async address() {
    const found = () => this.#printed.match(/http:\/\/127\.0\.0\.1:\d+/)?.[0]
    const dead = this.#ended.then(() => {
      throw new Error(`the program ended:\n${this.#printed}\n${this.#log}`)
    })
    dead.catch(() => {})
    const until = Date.now() + PATIENCE
    while (!found() && Date.now() < until) await Promise.race([sleep(50), dead])
    return found() ?? assert.fail(`the program prints no address:\n${this.#printed}\n${this.#log}`)
  }

  /** The demo accounts of a role, in the order of the file; those of a school when its code is given. */
  of(role, school) {
    return this.accounts.filter(one => one.role === role && (!school || one.school === school))
  }

  /** The demo account with this login. */
  account(login) {
    return this.accounts.find(one => one.login === login) ?? assert.fail(`no account ${login}`)
  }

  /**
   * A person with a browser of their own, not logged in yet: students with a phone, all others at a desk.
   * `scripts: false` is a browser that runs none.
   */
  async person(account, { scripts = true } = {}) {
    const context = await this.context(account, scripts)
    const person = new Person(this, account, context, scripts)
    await person.begin()
    this.people.push(person)
    return person
  }

  /** A browser's own cookies and window. */
  async context(account, scripts = true) {
    const phone = account.role === 'student'
    const context = await this.browser.newContext({
      baseURL: this.url,
      locale: 'zh-CN',
      viewport: phone ? PHONE : WIDE,
      isMobile: phone,
      hasTouch: phone,
      reducedMotion: 'reduce',
      javaScriptEnabled: scripts,
    })
    context.setDefaultTimeout(PATIENCE)
    return context
  }

  /** A person who is logged in. */
  async enter(account, options) {
    const person = await this.person(account, options)
    await person.login()
    return person
  }

  /** Fails with everything that was recorded in the browsers since the last call. */
  verdict() {
    const faults = this.people.flatMap(person => person.faults.splice(0))
    assert.deepEqual(faults, [], 'the browsers have complained')
    const log = this.#log.split('\n').filter(line => /\b(ERROR|WARN)\b|panicked/.test(line))
    assert.deepEqual(log, [], 'the program has complained')
  }

  /** Ends browser and program, and removes the data. */
  async stop() {
    await this.browser?.close()
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGTERM')
      const stubborn = setTimeout(() => this.child.kill('SIGKILL'), PATIENCE / 2)
      await this.#ended
      clearTimeout(stubborn)
    }
    await rm(this.folder, { recursive: true, force: true })
  }
}

/** Waits; only for polling. */
export function sleep(ms) {
  return new Promise(resolve => setTimeout(resolve, ms))
}
