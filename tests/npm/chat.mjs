// Two clients of the npm package `ws` talk to each other through a room: a client that nobody here wrote, and the
// protocol as docs/protocol.md tells it.
//
//   node chat.mjs <url> <room>
//
// Prints one line of JSON, {"ok":true,"steps":[…]} or {"ok":false,"steps":[…],"error":"…"}, and exits with 0 or 1.
// Every wait is bounded (10 s), the whole script too (25 s).

import assert from 'node:assert/strict';
import { WebSocket } from 'ws';

const SUBPROTOCOL = 'wscore.v1';
const WAIT_MS = 10_000;
const TOTAL_MS = 25_000;

const [url, room] = process.argv.slice(2);
const steps = [];

function finish(error) {
  const result = error ? { ok: false, steps, error: String(error.message ?? error) } : { ok: true, steps };
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(error ? 1 : 0));
}

/** A binary message: two bytes of length, the envelope, the payload's bytes. */
function encodeBinary(envelope, payload) {
  const json = Buffer.from(JSON.stringify(envelope));
  const length = Buffer.alloc(2);
  length.writeUInt16BE(json.length);
  return Buffer.concat([length, json, payload]);
}

function decode(data, isBinary) {
  if (!isBinary) {
    return { envelope: JSON.parse(data.toString('utf8')) };
  }
  const end = 2 + data.readUInt16BE(0);
  assert.ok(end <= data.length, 'the envelope ends inside the binary message');
  return { envelope: JSON.parse(data.subarray(2, end).toString('utf8')), binary: data.subarray(end) };
}

/** A connection with an inbox, so that a test can wait for what has come already. */
class Client {
  #inbox = [];
  #waiting = [];
  #end;

  constructor(name) {
    this.name = name;
    this.socket = new WebSocket(url, SUBPROTOCOL, { handshakeTimeout: WAIT_MS });
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => {
        this.#fail(new Error(`${name} was closed: ${code} ${reason}`));
        resolve({ code, reason: reason.toString() });
      });
    });
    this.socket.on('error', (error) => this.#fail(new Error(`${name}: ${error.message}`)));
    this.socket.on('message', (data, isBinary) => {
      try {
        this.#inbox.push(decode(data, isBinary));
      } catch (error) {
        this.#fail(error);
      }
      this.#match();
    });
  }

  send(envelope) {
    this.socket.send(JSON.stringify(envelope));
  }

  sendBinary(envelope, payload) {
    this.socket.send(encodeBinary(envelope, payload));
  }

  /** Takes the first message that fits out of the inbox, come or still to come; an `error` ends the wait. */
  receive(what, fits) {
    return new Promise((resolve, reject) => {
      const waiter = { fits, resolve, reject };
      waiter.timer = setTimeout(() => {
        const seen = JSON.stringify(this.#inbox.map((message) => message.envelope));
        reject(new Error(`${this.name}: no ${what} within ${WAIT_MS} ms; unread: ${seen}`));
      }, WAIT_MS);
      this.#waiting.push(waiter);
      this.#match();
    });
  }

  reply(id) {
    return this.receive(`ack ${id}`, ({ envelope }) => envelope.type === 'ack' && envelope.id === id);
  }

  message(event) {
    return this.receive(`message ${event}`, ({ envelope }) => envelope.type === 'message' && envelope.event === event);
  }

  /** Unread messages of this type: where one more would be one too many. */
  unread(type) {
    return this.#inbox.filter(({ envelope }) => envelope.type === type).length;
  }

  #match() {
    const error = this.#inbox.find(({ envelope }) => envelope.type === 'error');
    if (error) {
      this.#fail(new Error(`${this.name} got ${JSON.stringify(error.envelope)}`));
      return;
    }
    for (const waiter of [...this.#waiting]) {
      const index = this.#inbox.findIndex(waiter.fits);
      if (index >= 0) {
        this.#settle(waiter, () => waiter.resolve(this.#inbox.splice(index, 1)[0]));
      } else if (this.#end) {
        this.#settle(waiter, () => waiter.reject(this.#end));
      }
    }
  }

  #fail(error) {
    this.#end ??= error;
    for (const waiter of [...this.#waiting]) {
      this.#settle(waiter, () => waiter.reject(this.#end));
    }
  }

  #settle(waiter, end) {
    clearTimeout(waiter.timer);
    this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
    end();
  }
}

async function within(promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no ${what} within ${WAIT_MS} ms`)), WAIT_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function chat() {
  assert.ok(url && room, 'usage: node chat.mjs <url> <room>');
  const clients = [new Client('ann'), new Client('bob')];
  const [ann] = clients;

  const welcomes = await Promise.all(clients.map((c) => c.receive('welcome', ({ envelope }) => envelope.type === 'welcome')));
  for (const [i, { envelope }] of welcomes.entries()) {
    assert.equal(clients[i].socket.protocol, SUBPROTOCOL);
    assert.equal(typeof envelope.connection, 'string');
    assert.ok(Number.isInteger(envelope.time) && envelope.limits && envelope.heartbeat, 'the welcome tells its limits');
  }
  assert.notEqual(welcomes[0].envelope.connection, welcomes[1].envelope.connection);
  steps.push('welcome');

  for (const client of clients) {
    client.send({ type: 'join', room, id: `join-${client.name}` });
    const { envelope } = await client.reply(`join-${client.name}`);
    assert.equal(envelope.room, room);
  }
  steps.push('join');

  const payload = { text: 'Grüße 👋', n: 1.5, nested: [null, true, { a: '' }] };
  ann.send({ type: 'broadcast', room, event: 'text', payload, echo: true, id: 'text-1' });
  const [ack, ...texts] = await Promise.all([ann.reply('text-1'), ...clients.map((c) => c.message('text'))]);
  assert.equal(ack.binary, undefined, 'replies are text');
  for (const { envelope, binary } of texts) {
    assert.equal(binary, undefined, 'what was sent as text arrives as text');
    assert.equal(envelope.room, room);
    assert.deepEqual(envelope.payload, payload);
    assert.equal(envelope.from?.connection, welcomes[0].envelope.connection);
  }
  steps.push('broadcast');

  const bytes = Buffer.from(Array.from({ length: 1_000 }, (_, i) => i & 0xff));
  ann.sendBinary({ type: 'broadcast', room, event: 'bytes', echo: true, id: 'bytes-1' }, bytes);
  const [, ...binaries] = await Promise.all([ann.reply('bytes-1'), ...clients.map((c) => c.message('bytes'))]);
  for (const { envelope, binary } of binaries) {
    assert.ok(binary, 'what was sent as binary arrives as binary');
    assert.ok(bytes.equals(binary), 'the bytes arrive untouched');
    assert.equal(envelope.room, room);
    assert.equal(envelope.payload, undefined, 'the payload is outside the envelope');
  }
  steps.push('binary');

  for (const client of clients) {
    client.send({ type: 'leave', room, id: `leave-${client.name}` });
    await client.reply(`leave-${client.name}`);
    assert.equal(client.unread('message'), 0, 'nothing arrives twice');
  }
  steps.push('leave');

  for (const client of clients) {
    client.socket.close(1000, 'done');
    const { code } = await within(client.closed, `close of ${client.name}`);
    assert.equal(code, 1000);
  }
  steps.push('close');
}

setTimeout(() => finish(new Error(`not done within ${TOTAL_MS} ms`)), TOTAL_MS).unref();
chat().then(() => finish(), finish);
