import { spawnSync } from "node:child_process";
import { cp, glob, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { layerOf, layers, lintOverrides, order, permits } from "../layers.ts";

const root = path.resolve(import.meta.dirname, "..");
const tops = [...new Set(layers.map((layer) => layer.split("/", 1)[0]))];

interface Import {
  readonly from: string;
  readonly to: string;
}

/** Every import of a file of ours by another, as paths from the root. */
async function readImports(): Promise<readonly Import[]> {
  const imports: Import[] = [];
  for await (const from of glob(`{${tops}}/**/*.{ts,tsx}`, { cwd: root })) {
    const source = await readFile(path.join(root, from), "utf8");
    for (const [, specifier = ""] of source.matchAll(/(?:\bfrom |\bimport |\bimport\()"(\.[^"\n]+)"/g)) {
      imports.push({ from, to: path.join(path.dirname(from), specifier) });
    }
  }
  return imports.filter(({ to }) => to.includes("/"));
}

const arrow = (from: string, to: string) => `${from} -> ${to}`;
const imports = await readImports();

describe("the folders' imports", () => {
  test("layers.ts names every folder", () => {
    const unnamed = imports.map(({ from }) => layerOf(from)).filter((layer) => !layers.includes(layer));
    expect([...new Set(unnamed)]).toEqual([]);
    expect(imports.length).toBeGreaterThan(1000);
  });

  test("run down the order of layers.ts", () => {
    const upward = new Map(
      imports
        .map(({ from, to }) => ({ from, to, layers: [layerOf(from), layerOf(to)] as const }))
        .filter(({ layers: [from, to] }) => !permits(from, to))
        .map(({ from, to, layers: [upper, lower] }) => [arrow(upper, lower), arrow(from, to)]),
    );
    expect(Object.fromEntries(upward)).toEqual({});
  });

  test.each(Object.keys(order))("make no cycle of folders in %s", (top) => {
    const arrows = imports
      .filter(({ from, to }) => from.startsWith(`${top}/`) && to.startsWith(`${top}/`))
      .map(({ from, to }) => [path.dirname(from), path.dirname(to)] as const)
      .filter(([from, to]) => from !== to);
    expect(foldersInCycles(arrows)).toEqual([]);
  });

  test("cycles are found", () => {
    expect(
      foldersInCycles([
        ["a", "b"],
        ["b", "c"],
        ["c", "b"],
        ["c", "d"],
      ]),
    ).toEqual(["b", "c"]);
  });
});

/** The folders left after removing, again and again, those that import no other or that no other imports. */
function foldersInCycles(arrows: readonly (readonly [string, string])[]): readonly string[] {
  const left = arrows.filter(
    ([from, to]) => arrows.some(([, other]) => other === from) && arrows.some(([other]) => other === to),
  );
  return left.length < arrows.length ? foldersInCycles(left) : [...new Set(left.flat())].sort();
}

test("the lint rules are those that `npm run layers` makes", async () => {
  const config = JSON.parse(await readFile(path.join(root, "biome.json"), "utf8")) as { overrides: unknown };
  expect(config.overrides).toEqual(JSON.parse(JSON.stringify(lintOverrides())));
});

describe("the lint rules, with every import planted that there could be", () => {
  interface Planted {
    readonly specifier: string;
    readonly isPermitted: boolean;
  }
  /** By file: one in each folder, with an import on each line. Biome takes ten times as long for a file per import. */
  const planted = new Map<string, Planted[]>();
  const plant = (folder: string, specifier: string, isPermitted: boolean) => {
    const file = path.join(folder, "planted.ts");
    planted.set(file, [...(planted.get(file) ?? []), { specifier, isPermitted }]);
  };

  for (const layer of layers) {
    for (const other of layers.filter((each) => each !== layer)) {
      // lambda/aws/ has a folder for each service.
      for (const folder of layer.startsWith("lambda/") ? [layer, `${layer}/inner`] : [layer]) {
        const specifier = path.relative(folder, path.join(other, "other.ts"));
        plant(folder, specifier.startsWith(".") ? specifier : `./${specifier}`, permits(layer, other));
      }
    }
  }
  plant("lambda/aws", "@smithy/core/config", true);
  plant("lambda/aws/ec2", "@aws-sdk/client-ec2", true);
  plant("lambda/connect", "@smithy/core/config", false);
  plant("lambda/handlers", "@aws-sdk/client-ec2", false);
  plant("sdk", "./request.ts", true);
  plant("sdk", "node:fs", false);
  plant("sdk", "node:fs/promises", false);
  plant("ssh-format", "./fingerprint.ts", true);
  plant("ssh-format", "@noble/hashes/sha2.js", true);
  plant("ssh-format", "node:crypto", false);
  plant("ssh-format", "zod", false);

  let directory: string;
  let refused: ReadonlySet<string>;
  beforeAll(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), "latchkey-test-"));
    await cp(path.join(root, "biome.json"), path.join(directory, "biome.json"));
    for (const [file, imports] of planted) {
      await mkdir(path.join(directory, path.dirname(file)), { recursive: true });
      const lines = imports.map(({ specifier }, index) => `import { x as x${index} } from "${specifier}";\n`);
      await writeFile(path.join(directory, file), lines.join(""));
    }
    const { stdout } = spawnSync(
      path.join(root, "node_modules/.bin/biome"),
      ["lint", "--only=style/noRestrictedImports", "--reporter=github", "--max-diagnostics=none", "."],
      { cwd: directory, encoding: "utf8", maxBuffer: 2 ** 26 },
    );
    const found = stdout.matchAll(/noRestrictedImports,file=([^,]+),line=(\d+),/g);
    refused = new Set(
      Array.from(found, ([, file = "", line]) =>
        arrow(path.relative(directory, path.resolve(directory, file)), String(line)),
      ),
    );
  }, 60_000);
  afterAll(() => rm(directory, { recursive: true }));

  test("refuse those that run up, and no others", () => {
    const wrong = [...planted].flatMap(([file, imports]) =>
      imports
        .map((each, index) => ({ ...each, file, isRefused: refused.has(arrow(file, String(index + 1))) }))
        .filter(({ isPermitted, isRefused }) => isRefused === isPermitted),
    );
    expect(wrong).toEqual([]);
  });

  test.each(Object.keys(order))("refuse one import if two folders of %s import each other", (top) => {
    const inside = layers.filter((layer) => layer.startsWith(`${top}/`));
    for (const layer of inside) {
      for (const other of inside.filter((each) => each !== layer)) {
        expect([arrow(layer, other), permits(layer, other)]).toEqual([arrow(layer, other), !permits(other, layer)]);
      }
    }
  });
});
