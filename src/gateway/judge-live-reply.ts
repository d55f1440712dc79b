import type { Secret } from '../secrets/secret.ts'
import { judgeKeyReply } from './judge-key-reply.ts'
import { isPage, judgeReply } from './judge-reply.ts'
import type { ProbeVerdict } from './probe-verdict.ts'
import { cleanServerText, errorMessage } from './server-text.ts'
import { isModelStream, streamedText } from './smallest-body.ts'
import type { Reply } from './transport.ts'

/** What the reply to a whole request says: did a model answer? */
export function judgeLiveReply(reply: Reply, key: Secret, host: string, path: string): ProbeVerdict {
  const { status, body } = reply
  if (isPage(reply)) return judgeReply(reply, host, path)
  if (status === 200) return judgeStream(body, key, host)
  if (status !== 400) return judgeKeyReply(reply, key, host, path)
  return {
    kind: 'unexpected-status',
    message: `${host} did not take the request (400): ${cleanServerText(errorMessage(body), key)}`,
    hint: 'Is the model one that this gateway serves?',
  }
}

/** A model that thinks first may use up its few tokens before the first word. */
function judgeStream(body: string, key: Secret, host: string): ProbeVerdict {
  const text = cleanServerText(streamedText(body), key)
  if (isModelStream(body)) {
    return { kind: 'answered', message: text === '' ? 'The model answered' : `The model answered: ${text}` }
  }
  return {
    kind: 'no-answer',
    message: `${host} answered 200, but there is no reply of a model in it`,
    hint: 'Try another model or another region.',
  }
}
