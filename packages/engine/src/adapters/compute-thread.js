// @ts-check
// A thread of the compute pool. In plain JavaScript because a thread begins before anything could erase types.
import { parentPort } from 'node:worker_threads'
// Importing the package's entry defines every operator, so that each node finds its kernel here.
import '../index.ts'
import { createThreadSession } from './thread-session.ts'

const port = parentPort
if (port !== null) {
  const take = createThreadSession((answer) => port.postMessage(answer))
  port.on('message', take)
}
