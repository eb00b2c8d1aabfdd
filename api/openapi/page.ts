// The document as a page: complete without a script, so that the strictest policy for scripts allows all of it. Pure.
import type { OpenApi } from './document.ts'
import type { Json } from './json-schema.ts'
import type { Answer, Operation } from './operation.ts'
import { outline, resolved, wordsOf } from './outline.ts'

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const text = (value: string): string => value.replace(/[&<>"]/g, (letter) => entities[letter] ?? letter)

const schemaPart = (document: OpenApi, schema: Json): string => `<pre>${text(outline(document, schema).join('\n'))}</pre>`

const parametersPart = ({ parameters }: Operation): string =>
  parameters.length === 0
    ? ''
    : `<h4>Parameters</h4><ul>${parameters
        .map((one) => `<li><code>${text(one.name)}</code> in the ${one.in}${one.required ? '' : ', optional'}: ${text(wordsOf(one.schema))}</li>`)
        .join('')}</ul>`

const bodyPart = (document: OpenApi, { requestBody }: Operation): string => {
  const [first] = Object.values(requestBody?.content ?? {})
  if (!requestBody || !first) return ''
  return `<h4>Body <small>${text(Object.keys(requestBody.content).join(' or '))}</small></h4>${schemaPart(document, first.schema)}`
}

const answerPart = (document: OpenApi, status: string, given: Operation['responses'][string]): string => {
  const answer = resolved(document, given as Json) as unknown as Answer
  const head = `<code>${status}</code> ${text(answer.description)}`
  if (!status.startsWith('2')) return `<li>${head}</li>`
  const [type, media] = Object.entries(answer.content ?? {})[0] ?? []
  return `<li>${head} ${media && type ? `<small>${text(type)}</small>${schemaPart(document, media.schema)}` : ''}</li>`
}

const operationPart = (document: OpenApi, path: string, method: string, operation: Operation): string =>
  [
    `<details id="${text(operation.operationId)}"><summary><b class="${method}">${method.toUpperCase()}</b> <code>${text(path)}</code> ${text(operation.summary)}</summary>`,
    operation.security?.length === 0 ? '<p>For anybody.</p>' : '',
    parametersPart(operation),
    bodyPart(document, operation),
    `<h4>Answers</h4><ul>${Object.entries(operation.responses)
      .map(([status, answer]) => answerPart(document, status, answer))
      .join('')}</ul></details>`,
  ].join('')

const groupPart = (document: OpenApi, { name, description }: OpenApi['tags'][number]): string => {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { tags }]) => tags.includes(name))
      .map(([method, operation]) => operationPart(document, path, method, operation)),
  )
  return `<section><h2 id="${text(name)}">${text(name)}</h2><p>${text(description)}.</p>${operations.join('\n')}</section>`
}

export const pageOf = (document: OpenApi): string => {
  const { info, tags } = document
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(info.title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/openapi.css">
</head>
<body>
<h1>${text(info.title)} <small>${text(info.version)}</small></h1>
<p>${text(info.summary)} This page is made of <a href="/openapi.json">openapi.json</a>.</p>
${info.description
  .split('\n\n')
  .map((paragraph) => `<p>${text(paragraph).replace(/`([^`]+)`/g, '<code>$1</code>')}</p>`)
  .join('\n')}
<nav>${tags.map(({ name }) => `<a href="#${text(name)}">${text(name)}</a>`).join(' ')}</nav>
<main>
${tags.map((tag) => groupPart(document, tag)).join('\n')}
</main>
</body>
</html>
`
}

export const style = `:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 64rem; margin: 0 auto; padding: 0 1rem 3rem; }
nav a { margin-right: 0.75rem; white-space: nowrap; }
h2 { margin: 2rem 0 0; }
h4 { margin: 0.75rem 0 0.25rem; }
details { border: 1px solid light-dark(#d5d9df, #3a404a); border-radius: 0.3rem; margin: 0.4rem 0; padding: 0.4rem 0.75rem; }
summary { cursor: pointer; overflow-wrap: anywhere; }
summary b { display: inline-block; min-width: 4.5rem; color: light-dark(#0067b8, #6cb8f6); }
summary b.delete { color: light-dark(#c62828, #ff8a80); }
summary b.post, summary b.put { color: light-dark(#2e7d32, #81c784); }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0.25rem 0; padding: 0.5rem; background: light-dark(#f1f3f5, #1f2329); font-size: 0.875rem; }
ul { margin: 0; padding-left: 1.25rem; }
small { opacity: 0.75; font-weight: 400; }
`
