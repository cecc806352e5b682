// A mail server on loopback that keeps what it gets.
import { createServer } from 'node:net'
import { PATIENCE, sleep } from './site.mjs'

/** Starts one; `env` makes the program use it. */
export async function post() {
  const got = []
  const server = createServer(socket => talk(socket, got))
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  const env = {
    SANFANG_MAIL__HOST: '127.0.0.1',
    SANFANG_MAIL__PORT: String(server.address().port),
    SANFANG_MAIL__TLS: 'none',
    SANFANG_MAIL__FROM: 'Sanfang <sanfang@school.example>',
  }
  return {
    env,
    got,
    stop: () => new Promise(resolve => server.close(resolve)),
    /** The newest message to an address whose text holds these words; waits for it. */
    async arrives(to, words, { after = 0 } = {}) {
      const fits = mail => mail.to === to && mail.text.includes(words)
      const until = Date.now() + PATIENCE
      while (!got.slice(after).some(fits)) {
        if (Date.now() > until) throw new Error(`no mail to ${to} says ${words}: ${JSON.stringify(got)}`)
        await sleep(50)
      }
      return got.slice(after).findLast(fits)
    },
  }
}

function talk(socket, got) {
  let to = ''
  let body = null
  let rest = ''
  const say = line => socket.write(`${line}\r\n`)
  socket.setEncoding('utf8')
  socket.on('error', () => socket.destroy())
  say('220 post')
  socket.on('data', chunk => {
    rest += chunk
    const lines = rest.split('\r\n')
    rest = lines.pop()
    for (const line of lines) {
      if (body) {
        if (line !== '.') {
          body.push(line.replace(/^\./, ''))
          continue
        }
        got.push({ to, text: decoded(body.join('\r\n')) })
        body = null
        say('250 kept')
      } else if (/^DATA/i.test(line)) {
        body = []
        say('354 go on')
      } else if (/^QUIT/i.test(line)) {
        say('221 bye')
        socket.end()
      } else {
        if (/^RCPT/i.test(line)) to = line.match(/<(.*)>/)[1]
        say('250 ok')
      }
    }
  })
}

function decoded(raw) {
  const [head, ...body] = raw.split('\r\n\r\n')
  const text = body.join('\r\n\r\n')
  if (/^Content-Transfer-Encoding: base64/im.test(head)) return Buffer.from(text, 'base64').toString()
  const bytes = text.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString()
}
