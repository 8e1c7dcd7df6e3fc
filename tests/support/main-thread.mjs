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

/**
 * Runs the action, which calls `performance.mark` with `begin` and `end` in the page around what is to be measured, again and
 * again. Returns for each of these the processor time of the page's main thread and of its workers together, in milliseconds.
 */
export async function busyBetween(browser, page, { begin, end }, action) {
  await browser.startTracing(page, { screenshots: false, categories: ["toplevel", "blink.user_timing"] });
  await action();
  const { traceEvents } = JSON.parse(await browser.stopTracing());
  const marks = (name) => traceEvents.filter((event) => event.name === name && event.cat.includes("user_timing")).map(({ ts }) => ts).sort((a, b) => a - b);
  const tasks = tasksOfPages(traceEvents, /^CrRendererMain$|^DedicatedWorker/);
  const ends = marks(end);
  return marks(begin).map((from, i) => tasks.filter(({ ts, dur }) => ts + dur > from && ts < ends[i]).reduce((sum, { tdur }) => sum + tdur / 1000, 0));
}

function tasksOfPages(events, threads = /^CrRendererMain$/) {
  const thread = ({ pid, tid }) => `${pid}:${tid}`;
  const wanted = new Set(events.filter(({ name, args }) => name === "thread_name" && threads.test(args.name)).map(thread));
  return events.filter((event) => event.name.endsWith("RunTask") && event.tdur && wanted.has(thread(event)));
}
