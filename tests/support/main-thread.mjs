// How long the page's main thread was busy at a stretch, by Chromium's own trace.

/**
 * Runs the action and returns its value with the longest task of the page's main thread meanwhile, in milliseconds: `busy` is
 * processor time, which another program's load does not lengthen; `wall` is what the page's `longtask` observer saw, 0 for none.
 */
export async function longestTask(browser, page, action) {
  const from = await page.evaluate(() => performance.now());
  await browser.startTracing(page, { screenshots: false, categories: ["toplevel"] });
  const value = await action();
  const { traceEvents } = JSON.parse(await browser.stopTracing());
  const observed = await page.evaluate(() => window.misLongTasks);
  const wall = observed.filter(({ startTime }) => startTime >= from).map(({ duration }) => duration);
  const busy = tasksOfPages(traceEvents).map(({ tdur }) => tdur / 1000);
  if (!busy.length) throw new Error("the trace has no tasks of a main thread");
  return { value, busy: Math.max(...busy), wall: Math.max(0, ...wall), tasks: busy.length };
}

function tasksOfPages(events) {
  const thread = ({ pid, tid }) => `${pid}:${tid}`;
  const mains = new Set(events.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain").map(thread));
  return events.filter((event) => event.name.endsWith("RunTask") && event.tdur && mains.has(thread(event)));
}
