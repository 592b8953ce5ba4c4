// What is missing and, of one series, why: `npm start -- [TITLE]`. The address stands in LACUNARR_URL, the key in LACUNARR_API_KEY.
// The folder `generated` is generated; the README says how.

import { ChecksApi, Configuration, ProblemFromJSON, ResponseError, SeriesApi, WantedApi } from "./generated";

const pageSize = 50;

const configuration = new Configuration({
  basePath: process.env.LACUNARR_URL ?? "http://localhost:9797",
  accessToken: process.env.LACUNARR_API_KEY,
});
const checks = new ChecksApi(configuration);
const series = new SeriesApi(configuration);
const wanted = new WantedApi(configuration);

/** The records of all pages. */
async function* every<T>(ask: (page: number) => Promise<{ records: T[]; totalRecords: number }>): AsyncGenerator<T> {
  for (let number = 1, seen = 0; ; number++) {
    const page = await ask(number);
    yield* page.records;
    seen += page.records.length;
    if (page.records.length === 0 || seen >= page.totalRecords) return;
  }
}

async function showMissing(): Promise<void> {
  console.log("Series with missing volumes:");
  for await (const one of every((page) => series.listSeries({ missing: true, page, pageSize }))) {
    console.log(`  ${one.title}: ${one.missing} (owned: ${one.owned})`);
  }
  const states = new Map<string, number>();
  for await (const want of every((page) => wanted.listWanted({ page, pageSize }))) {
    states.set(want.state, (states.get(want.state) ?? 0) + 1);
  }
  const counts = [...states].sort().map(([state, count]) => `${count} ${state}`);
  console.log(`Volumes: ${counts.join(", ") || "none missing"}`);
}

/** Searches, sends nothing, and says what became of each offer. */
async function showWhy(title: string): Promise<void> {
  const [found] = (await series.listSeries({ title })).records;
  if (!found) throw new Error(`no series is called ${title}`);
  const { id } = await checks.startCheck({ checkRequest: { seriesIds: [found.id], dryRun: true } });
  // The stream of its events ends with the check.
  await checks.followCheck({ id });
  const { stats } = await checks.getCheck({ id });
  console.log(`${found.title}: ${stats.offers} offers, ${stats.wouldSend} would be sent`);
  const why = await series.explainSeries({ id: found.id });
  console.log(why.line);
  for (const offer of why.offers) {
    console.log(`  ${offer.decision}: ${offer.title}`);
    for (const reason of offer.reasons) console.log(`    ${reason.message}`);
  }
}

/** What went wrong; what the service refuses is a problem. */
async function said(error: unknown): Promise<string> {
  if (!(error instanceof ResponseError)) return String(error);
  const problem = ProblemFromJSON(await error.response.json());
  return `${problem.title}: ${problem.detail}`;
}

async function main(): Promise<void> {
  const title = process.argv[2];
  await showMissing();
  if (title !== undefined) await showWhy(title);
}

main().catch(async (error: unknown) => {
  console.error(await said(error));
  process.exitCode = 1;
});
