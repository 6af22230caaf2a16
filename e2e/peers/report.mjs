// A reporter of node:test: the report that internal/tools/testcount adds up.

/** @param {AsyncIterable<{type: string, data: any}>} source */
export default async function* report(source) {
  const sum = { passed: 0, failed: [], skipped: [] };
  const path = [];
  for await (const { type, data } of source) {
    if (type === 'test:start') path.splice(data.nesting, Infinity, data.name);
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const name = [...path.slice(0, data.nesting), data.name].join(' › ');
    const isGroup = data.details?.type === 'suite';
    if (data.skip !== undefined || data.todo !== undefined) {
      const reason = data.skip ?? data.todo;
      sum.skipped.push({ name, reason: reason === true ? 'no reason given' : String(reason) });
    } else if (type === 'test:fail') {
      // A group fails because a test of it did, which has been named, or by itself.
      if (!isGroup || data.details?.error?.failureType !== 'subtestsFailed') sum.failed.push(name);
    } else if (!isGroup) {
      sum.passed++;
    }
  }
  yield JSON.stringify(sum);
}
