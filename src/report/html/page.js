"use strict";
// All findings of the report, to be looked through: by cause, by layer, by directory, or as a list, with a filter.
// They come as columns in compressed chunks (src/report/html/data), which are taken apart when they are needed. What
// is said by an image becomes text and nothing else: no markup is ever made of it.
{
  const LISTED = 200; // rows of a page of the list, and children that a directory shows at first
  const KEPT = 6; // chunks of values and differences that are kept
  const INSIDE = "\u0001"; // between the names of a file and of the members in it

  // ---- Elements

  const byId = (id) => document.getElementById(id);
  const grouped = (number) => number.toLocaleString("en-US");
  const counted = (number, thing) => `${grouped(number)} ${thing}${number === 1 ? "" : "s"}`;

  /** An element with attributes, listeners (`onclick`) and children; strings become text. */
  function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (typeof value === "function") made.addEventListener(key.slice(2), value);
      else if (value !== false) made.setAttribute(key, value === true ? "" : value);
    }
    made.append(...children.flat().filter((child) => child !== null));
    return made;
  }

  const code = (text) => element("span", { class: "path" }, text);
  const link = (text, state) => element("a", { href: address(state) }, text);
  /** A link to the list of what a filter finds, to which the keys go. */
  const step = (text, filter) => element("a", { href: address({ view: "list", filter }), class: "step" }, text);

  // ---- Chunks

  const decoder = new TextDecoder();

  /** The bytes of the element with this id, unpacked. */
  async function unpacked(id) {
    const text = byId(id).textContent;
    const packed = Uint8Array.fromBase64?.(text) ?? Uint8Array.from(atob(text), (byte) => byte.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  }

  /** A function that makes the value of a number once, and keeps the last so many. */
  function kept(most, make) {
    const known = new Map();
    return (number) => {
      if (!known.has(number)) known.set(number, make(number));
      if (known.size > most) known.delete(known.keys().next().value);
      return known.get(number);
    };
  }

  /** The names of what findings have in common, in the order of `Shape` in data/rows.rs. */
  function shape([section, kind, original, rebuild, place, field, aspect, what, claim, accepted, cause, times]) {
    return { section, kind, original, rebuild, place, field, aspect, what, claim, accepted, cause, times };
  }

  /** Numbers whose low bytes come first, then their high ones. */
  function wide(bytes, count) {
    const numbers = new Uint16Array(count);
    for (let row = 0; row < count; row += 1) numbers[row] = bytes[row] | (bytes[count + row] << 8);
    return numbers;
  }

  /** Paths in full, each ended by a line feed, from what each does not have in common with the one before. */
  function expanded(suffixes, shared, size) {
    const paths = new Uint8Array(size);
    let [at, previous, from] = [0, 0, 0];
    for (const length of shared) {
      const end = suffixes.indexOf(10, from) + 1;
      paths.copyWithin(at, previous, previous + length);
      paths.set(suffixes.subarray(from, end), at + length);
      previous = at;
      at += length + end - from;
      from = end;
    }
    return paths;
  }

  /** Where each line of a text ends. */
  function lineEnds(text, count) {
    const ends = new Uint32Array(count);
    for (let row = 0, at = 0; row < count; row += 1, at += 1) ends[row] = at = text.indexOf("\n", at);
    return ends;
  }

  /** A chunk of rows. */
  async function rowsOf(number) {
    const bytes = await unpacked(`data-rows-${number}`);
    const start = 4 + new DataView(bytes.buffer).getUint32(0, true);
    const head = JSON.parse(decoder.decode(bytes.subarray(4, start)));
    const count = head.rows;
    const shared = wide(bytes.subarray(start + 2 * count), count);
    const text = decoder.decode(expanded(bytes.subarray(start + 4 * count), shared, head.bytes));
    return {
      first: index.rows[number],
      count,
      text,
      ends: lineEnds(text, count),
      shapes: head.shapes.map(shape),
      shapeOf: wide(bytes.subarray(start), count),
      ids: head.ids,
    };
  }

  const startOf = (chunk, row) => (row === 0 ? 0 : chunk.ends[row - 1] + 1);
  const pathOf = (chunk, row) => chunk.text.slice(startOf(chunk, row), chunk.ends[row]);
  const shapeOf = (chunk, row) => chunk.shapes[chunk.shapeOf[row]];
  const shownPath = (path) => path.replaceAll(INSIDE, " » ");

  /** The number in the id of a finding. */
  function idOf(chunk, row) {
    const [start, id] = chunk.ids.findLast(([from]) => from <= row);
    return id + row - start;
  }

  /** Where the finding with this id is; `null` where there is none. */
  function rowOf(chunk, id) {
    for (const [number, [start, first]] of chunk.ids.entries()) {
      const end = chunk.ids[number + 1]?.[0] ?? chunk.count;
      if (id >= first && id < first + end - start) return start + id - first;
    }
    return null;
  }

  /** The number of the last chunk that begins at or before a row; -1 where there is none. */
  const chunkAt = (firsts, row) => firsts.findLastIndex((first) => first <= row);

  /** What a chunk of values holds of a row, by the number of the column. */
  async function valuesOf(number) {
    const lines = decoder.decode(await unpacked(`data-values-${number}`)).split("\n");
    const [count, epoch] = lines[0].split(" ").map(Number);
    return { first: index.values[number], count, epoch, column: (at, row) => lines[1 + at * count + row] };
  }

  // ---- The filter

  const is = (wanted) => (value) => (wanted.endsWith("*") ? value.startsWith(wanted.slice(0, -1)) : value === wanted);

  const isInLayer = ({ kind }) => kind === "layer" || kind === "entry";
  const sidesOf = ({ original, rebuild }) => [original, rebuild].map((layer) => String(layer ?? "-"));
  const pairOf = (shape) => sidesOf(shape).join("/");

  /** What the words with a key ask of a shape. */
  const KEYS = {
    cause: (value) => (shape) => is(value)(shape.cause || "unexplained"),
    claim: (value) => (shape) => shape.claim === value,
    aspect: (value) => (shape) => shape.aspect === value || shape.what === value,
    field: (value) => (shape) => is(value)(shape.field),
    kind: (value) => (shape) => shape.kind === value,
    platform: (value) => (shape) => index.sections[shape.section] === value,
    accepted: (value) => (shape) => shape.accepted === (value === "yes"),
    layer: (value) => (shape) => isInLayer(shape) && (value === pairOf(shape) || sidesOf(shape).includes(value)),
  };

  const unquoted = (text) => text.replace(/\\(.)/g, "$1");
  const quoted = (key, value) => `${key}:"${value.replace(/["\\]/g, "\\$&")}"`;
  const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\\/-]/g, "\\$&");

  /** Small letters stand for capital ones too. */
  const pattern = (word) => new RegExp(escaped(word), word === word.toLowerCase() ? "gi" : "g");

  /** What a filter asks for: of shapes, of beginnings of paths, and of words anywhere in them. */
  function parsed(filter) {
    const query = { shapes: [], paths: [], words: [] };
    for (const [, no, key, quote, plain] of filter.matchAll(/(-?)(?:([a-z]+):)?(?:"((?:[^"\\]|\\.)*)"|(\S+))/g)) {
      const value = quote === undefined ? plain : unquoted(quote);
      const without = no === "-";
      if (value === "") continue;
      if (key === "path") query.paths.push({ without, start: value.replaceAll(" » ", INSIDE) });
      else if (Object.hasOwn(KEYS, key ?? "")) query.shapes.push({ without, fits: KEYS[key](value) });
      else query.words.push({ without, pattern: pattern((key ? `${key}:` : "") + value.replaceAll(" » ", INSIDE)) });
    }
    return query;
  }

  /** Marks rows in which a word stands: in the path, the field, or what there is in place of a path. */
  function markWord(chunk, { pattern }, marks) {
    const said = ({ kind, field, place }) => (kind === "entry" ? field : `${place} ${field}`);
    const inShape = chunk.shapes.map((shape) => said(shape).search(pattern) >= 0);
    if (inShape.includes(true)) {
      for (let row = 0; row < chunk.count; row += 1) if (inShape[chunk.shapeOf[row]]) marks[row] = 1;
    }
    pattern.lastIndex = 0;
    for (let row = 0, found; (found = pattern.exec(chunk.text)) !== null; pattern.lastIndex = chunk.ends[row] + 1) {
      while (chunk.ends[row] < found.index) row += 1;
      marks[row] = 1;
    }
  }

  /** Marks rows of a path and of what is below it or in it; with * at the end, of all paths that begin so. */
  function markPath(chunk, { start }, marks) {
    const any = start.endsWith("*") || start.endsWith("/");
    const begin = start.endsWith("*") ? start.slice(0, -1) : start;
    for (let row = 0, at = 0; row < chunk.count; at = chunk.ends[row] + 1, row += 1) {
      if (!chunk.text.startsWith(begin, at)) continue;
      if (any || "/\n\u0001".includes(chunk.text[at + begin.length])) marks[row] = 1;
    }
  }

  /** The rows of a chunk that a query asks for, in order. */
  function matching(chunk, query) {
    const fits = chunk.shapes.map((shape) => query.shapes.every(({ without, fits }) => fits(shape) !== without));
    const keep = chunk.shapeOf.map((shape) => (fits[shape] ? 1 : 0));
    const marked = [...query.paths.map((path) => [path, markPath]), ...query.words.map((word) => [word, markWord])];
    for (const [asked, mark] of marked) {
      const marks = new Uint8Array(chunk.count);
      mark(chunk, asked, marks);
      for (let row = 0; row < chunk.count; row += 1) keep[row] &= marks[row] ^ (asked.without ? 1 : 0);
    }
    const rows = new Uint16Array(chunk.count);
    let count = 0;
    for (let row = 0; row < chunk.count; row += 1) {
      rows[count] = row;
      count += keep[row];
    }
    return { chunk, rows: rows.slice(0, count) };
  }

  // ---- What is shown, as the address says it: #view=list&filter=cause:x&from=200, or #f17

  const VIEWS = { causes: "Causes", layers: "Layers", tree: "Directories", list: "List" };

  function address({ view, filter = "", from = 0 }) {
    const words = new URLSearchParams({ view });
    if (filter !== "") words.set("filter", filter);
    if (from > 0) words.set("from", from);
    return `#${words}`;
  }

  /** What the address asks for; `null` where it is about something else in the page. */
  function asked() {
    const hash = location.hash.slice(1);
    if (/^f\d+$/.test(hash) && byId(hash) === null) return { finding: Number(hash.slice(1)) };
    const words = new URLSearchParams(hash);
    if (!Object.hasOwn(VIEWS, words.get("view") ?? "")) return null;
    const from = Number.parseInt(words.get("from") ?? "0", 10);
    return { view: words.get("view"), filter: words.get("filter") ?? "", from: from > 0 ? from - (from % LISTED) : 0 };
  }

  /** The list at the page with a finding, which is open there. */
  async function stateWith(id) {
    for (const number of index.rows.keys()) {
      const chunk = await chunkOf(number);
      const row = rowOf(chunk, id);
      if (row === null) continue;
      const position = chunk.first + row;
      return { view: "list", filter: "", from: position - (position % LISTED), open: id };
    }
    return { view: "list", filter: "", from: 0 };
  }

  let state = { view: "causes", filter: "", from: 0 };
  let run = 0;

  /** Finds what is asked for, chunk by chunk, and shows it: what there is at first, then all. */
  async function show() {
    const [mine, { view, filter, from }] = [(run += 1), state];
    for (const [name, button] of Object.entries(parts.views)) button.setAttribute("aria-pressed", name === view);
    if (parts.filter.value !== filter) parts.filter.value = filter;
    const [query, found] = [parsed(filter), []];
    let [total, drawn] = [0, false];
    for (const number of index.rows.keys()) {
      const chunk = await chunkOf(number);
      if (mine !== run) return;
      found.push(matching(chunk, query));
      total += found.at(-1).rows.length;
      if (!drawn && (view !== "list" || total >= from + LISTED) && number + 1 < index.rows.length) {
        drawn = true;
        await draw(view, found, total, false);
        // Lets the browser show it.
        await new Promise((resolve) => setTimeout(resolve));
      }
    }
    if (mine !== run) return;
    await draw(view, found, total, true);
    parts.status.textContent = `${counted(total, "finding")} of ${grouped(index.listed)}`;
    performance.mark("reprove-all");
  }

  async function draw(view, found, total, all) {
    if (!all) parts.status.textContent = "Reading …";
    const draws = { causes: drawCauses, layers: drawLayers, tree: drawTree, list: drawList };
    const nothing = total === 0 && all;
    parts.body.replaceChildren(...(nothing ? [element("p", {}, "Nothing is found.")] : draws[view](found, total)));
    performance.mark("reprove-drawn");
    const open = parts.body.querySelector(`#finding-${state.open} button`);
    if (open === null) return;
    state.open = undefined;
    open.click();
    open.scrollIntoView({ block: "center" });
    open.focus({ preventScroll: true });
  }

  /** Shows what the address asks for; the focus stays where it was, or goes to what is there in its place. */
  async function follow() {
    const target = document.querySelector("details:target");
    if (target !== null) target.open = true;
    const wanted = asked();
    if (wanted === null) return;
    const isInside = parts.section.contains(document.activeElement);
    const isReplaced = parts.body.contains(document.activeElement);
    state = wanted.finding === undefined ? wanted : await stateWith(wanted.finding);
    const opens = state.open !== undefined;
    await show();
    if (!isInside && !opens) parts.section.scrollIntoView();
    const list = parts.body.querySelector(".scroll");
    if (!isReplaced || opens || list === null) return;
    list.focus({ preventScroll: true });
    parts.section.scrollIntoView();
  }

  // ---- Causes and layers

  /** How many findings there are by what `key` makes of their shape, and how many of them are not accepted. */
  function tallied(found, key) {
    const tallies = new Map();
    for (const { chunk, rows } of found) {
      const counts = new Uint32Array(chunk.shapes.length);
      for (const row of rows) counts[chunk.shapeOf[row]] += 1;
      for (const [number, count] of counts.entries()) {
        if (count === 0) continue;
        const name = key(chunk.shapes[number]);
        const tally = tallies.get(name) ?? { count: 0, open: 0 };
        tally.count += count;
        if (!chunk.shapes[number].accepted) tally.open += count;
        tallies.set(name, tally);
      }
    }
    return tallies;
  }

  const and = (...words) => words.filter((word) => word !== "").join(" ");
  const number = (value, tone = "") => element("td", { class: `number ${tone}` }, grouped(value));

  /** A table; columns that begin with # hold numbers, those that begin with ? are left out where it is narrow. */
  function table(caption, columns, rows, attributes = {}) {
    const head = columns.map((column) => {
      const kind = { "#": "number", "?": "aside" }[column[0]] ?? "";
      return element("th", { scope: "col", class: kind }, column.replace(/^[#?]/, ""));
    });
    return element("div", { class: "scroll", role: "region", "aria-label": caption, tabindex: "0" },
      element("table", attributes, element("caption", {}, caption), element("thead", {}, element("tr", {}, head)),
        element("tbody", {}, rows)));
  }

  function drawCauses(found) {
    const titles = new Map(index.causes);
    const order = new Map([["", -1], ...index.causes.map(([id], place) => [id, place])]);
    const tallies = [...tallied(found, (shape) => shape.cause)];
    const rows = tallies.sort(([one], [other]) => order.get(one) - order.get(other)).map(([cause, { count, open }]) => {
      const filter = and(quoted("cause", cause || "unexplained"), state.filter);
      return element("tr", {},
        element("th", { scope: "row" }, step(code(cause || "unexplained"), filter)),
        number(count), number(open, open > 0 ? "bad" : ""),
        element("td", {}, titles.get(cause) ?? "Differences that no cause explains"));
    });
    return [table("Findings by cause", ["Cause", "#Findings", "#Not accepted", "What"], rows)];
  }

  function drawLayers(found) {
    const tallies = tallied(found, (shape) => `${shape.section}` + (isInLayer(shape) ? ` ${pairOf(shape)}` : ""));
    const documents = index.sections.map((_, at) => [`${at}`, at, "documents", "-kind:layer -kind:entry", ""]);
    const layers = index.layers.map(([section, original, rebuild, label, made]) => {
      const pair = pairOf({ original, rebuild });
      return [`${section} ${pair}`, section, `layer ${label}`, `layer:${original === rebuild ? original : pair}`, made];
    });
    const known = [...documents, ...layers].filter(([name]) => tallies.has(name));
    const rows = known.sort((one, other) => one[1] - other[1]).map(([name, section, label, words, made]) => {
      const { count, open } = tallies.get(name);
      const filter = and(words, quoted("platform", index.sections[section]), state.filter);
      return element("tr", {},
        element("th", { scope: "row" }, step(label, filter)),
        element("td", {}, index.sections[section]), number(count), number(open, open > 0 ? "bad" : ""),
        element("td", {}, code(made)));
    });
    return [table("Findings by layer", ["Layer", "Platform", "#Findings", "#Not accepted", "Instruction"], rows)];
  }

  // ---- Directories

  /** Whether a name of a path ends at a character: at a slash, or where the members of a file begin. */
  const isEnd = (letter) => letter === 47 || letter === 1;

  /** What is directly below a path: how many findings, and by which marks there is more below. */
  function children(found, path) {
    const below = new Map();
    for (const { chunk, rows } of found) {
      for (const row of rows) {
        const [start, end] = [startOf(chunk, row), chunk.ends[row]];
        if (start === end || !chunk.text.startsWith(path, start)) continue;
        let at = start + path.length;
        while (at < end && !isEnd(chunk.text.charCodeAt(at))) at += 1;
        // The root directory itself is called by its slash.
        if (at === start) at = end;
        const name = chunk.text.slice(start + path.length, at);
        const child = below.get(name) ?? { count: 0, open: 0, marks: "" };
        if (child.count === 0) below.set(name, child);
        child.count += 1;
        if (!shapeOf(chunk, row).accepted) child.open += 1;
        if (at < end && !child.marks.includes(chunk.text[at])) child.marks += chunk.text[at];
      }
    }
    const order = ([one, { count }], [other, { count: others }]) => others - count || (one < other ? -1 : 1);
    return [...below].sort(order);
  }

  const weight = ({ count, open }) =>
    element("span", { class: "soft" }, ` ${grouped(count)}`,
      open > 0 ? element("span", { class: "bad" }, `, ${grouped(open)} not accepted`) : null);

  function drawTree(found) {
    const tallies = tallied(found, ({ kind, section }) => (kind === "entry" ? "" : `${section} ${kind}`));
    tallies.delete("");
    const documents = [...tallies].map(([name, tally]) => {
      const [section, kind] = name.split(" ");
      const filter = and(`kind:${kind}`, quoted("platform", index.sections[section]), state.filter);
      const text = `${kind}: ${index.sections[section]}`;
      return element("li", {}, step(text, filter), weight(tally));
    });
    return [element("ul", { class: "tree" }, documents, branches(found, ""))];
  }

  /** The items of what is below a path: some at first, more when they are asked for. */
  function branches(found, path) {
    const all = children(found, path);
    const some = (from) => {
      const items = all.slice(from, from + LISTED).map(([name, child]) => branch(found, path, name, child));
      const left = all.length - from - LISTED;
      if (left <= 0) return items;
      const on = () => more.replaceWith(...some(from + LISTED));
      const more = element("li", {},
        element("button", { type: "button", class: "step", onclick: on }, `${grouped(left)} more`));
      return [...items, more];
    };
    return some(0);
  }

  /** A file is a link to its findings; what has something below it opens. */
  function branch(found, path, name, child) {
    const filter = and(quoted("path", shownPath(path + name)), state.filter);
    if (child.marks === "") return element("li", {}, step(code(name), filter), weight(child));
    const items = element("ul", {});
    const fill = () => {
      if (items.hasChildNodes()) return;
      const below = [...child.marks].map((mark) => branches(found, path + name + mark));
      items.append(element("li", {}, step("List them", filter)), ...below.flat());
    };
    const label = code(name + (child.marks.includes("/") ? "/" : " »"));
    return element("li", {},
      element("details", { ontoggle: fill }, element("summary", { class: "step" }, label, weight(child)), items));
  }

  // ---- The list

  /** The rows from a position on, each with its chunk. */
  function page(found, from) {
    const rows = [];
    for (const { chunk, rows: all } of found) {
      if (from >= all.length) {
        from -= all.length;
        continue;
      }
      for (const row of all.subarray(from, from + LISTED - rows.length)) rows.push([chunk, row]);
      if (rows.length === LISTED) break;
      from = 0;
    }
    return rows;
  }

  function drawList(found, total) {
    const from = state.from < total ? state.from : 0;
    const listed = page(found, from);
    const columns = ["Finding", "Path or field", "?Place", "?What", "?Cause", "Claim"];
    const rows = listed.map(([chunk, row], place) => listRow(chunk, row, from + place));
    const caption = `Findings ${grouped(from + 1)} to ${grouped(from + listed.length)}`;
    const list = table(caption, columns, rows, { class: "list", "aria-rowcount": String(total + 1) });
    list.querySelector("thead tr").setAttribute("aria-rowindex", "1");
    return total > LISTED ? [pager("above", from, total), list, pager("below", from, total)] : [list];
  }

  function pager(place, from, total) {
    const page = (text, to) =>
      to >= 0 && to < total ? link(text, { ...state, from: to }) : element("span", { class: "soft" }, text);
    const go = () => {
      const to = jump.valueAsNumber - 1;
      location.hash = address({ ...state, from: to - (to % LISTED) });
    };
    const jump = element("input",
      { type: "number", min: "1", max: String(total), value: String(from + 1), onchange: go });
    return element("nav", { class: "pager", "aria-label": `Pages, ${place}` },
      page("Previous", from - LISTED), page("Next", from + LISTED),
      element("label", {}, "Go to ", jump, ` of ${grouped(total)}`));
  }

  function listRow(chunk, row, position) {
    const [what, id, path] = [shapeOf(chunk, row), idOf(chunk, row), shownPath(pathOf(chunk, row))];
    const button = element("button",
      { type: "button", class: "step", "aria-expanded": "false", onclick: () => toggle(button, chunk, row) }, `f${id}`);
    const field =
      path === "" ? code(what.field) : element("span", { class: "soft" }, what.field && ` · ${what.field}`);
    const platform = index.sections.length > 2 ? `${index.sections[what.section]}, ` : "";
    return element("tr", { id: `finding-${id}`, "aria-rowindex": String(position + 2) },
      element("th", { scope: "row" }, button),
      element("td", {}, path === "" ? null : code(path), field),
      element("td", { class: "aside" }, platform, what.place),
      element("td", { class: "aside" }, what.what),
      element("td", { class: "aside" }, what.cause === "" ? "unexplained" : code(what.cause)),
      element("td", { class: what.accepted ? "" : "bad" }, claimOf(what)));
  }

  const claimOf = ({ claim, accepted }) =>
    claim === "unexplained" ? claim : `${claim}, ${accepted ? "accepted" : "not accepted"}`;

  /** Opens or closes what is known of a finding, in a row of its own. */
  async function toggle(button, chunk, row) {
    const own = button.closest("tr");
    const open = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(open));
    if (!open) return own.nextElementSibling.remove();
    const cell = element("td", { colspan: "6" }, "Reading …");
    own.after(element("tr", { class: "panel" }, cell));
    cell.replaceChildren(...(await panel(chunk, row)));
  }

  // ---- A finding

  /** A time in seconds since 1970, as the report writes it. */
  const dated = (seconds) => `${new Date(seconds * 1000).toISOString().replace(".000Z", "Z")}  (${seconds})`;

  /** Values of both sides; `null` where they are not in the page. */
  async function valuesAt(position, times) {
    const number = chunkAt(index.values, position);
    const values = number < 0 ? null : await valueChunk(number);
    const row = values && position - values.first;
    if (values === null || row >= values.count) return null;
    const [original, rebuild, witness, range, from] = [0, 1, 2, 3, 4].map((at) => values.column(at, row));
    if (!times) return { original, rebuild, witness, range, from };
    const first = values.epoch + Number(original);
    return { original: dated(first), rebuild: dated(first + Number(rebuild)), witness, range, from };
  }

  async function differenceAt(position) {
    const number = chunkAt(index.diffs, position);
    return number < 0 ? null : ((await diffChunk(number))[position] ?? null);
  }

  function difference(lines) {
    const tags = { "-": "del", "+": "ins" };
    const shown = lines.map((line) => (tags[line[0]] ? element(tags[line[0]], {}, line) : `${line}\n`));
    return element("pre", { tabindex: "0" }, shown);
  }

  /** What a finding follows from: how far before it each is, and after a slash how many there are. */
  function origins(id, from) {
    const [near, all] = from.split("/");
    const links = near.split(" ").map((back) => element("a", { href: `#f${id - back}` }, `f${id - back}`));
    const spaced = links.flatMap((link) => [link, " "]);
    return all ? [...spaced, `and more, ${grouped(Number(all))} in all`] : spaced;
  }

  async function panel(chunk, row) {
    const [what, id, position] = [shapeOf(chunk, row), idOf(chunk, row), chunk.first + row];
    const values = await valuesAt(position, what.times);
    const lines = await differenceAt(position);
    const cause = element("a", { href: `#cause-${encodeURIComponent(what.cause)}` }, code(what.cause));
    const absent = "not in this page: see the JSON report";
    const facts = [
      ["where", [what.place, shownPath(pathOf(chunk, row)), what.field, values?.range].filter(Boolean).join(" · ")],
      ["what", what.what],
      ["original", values === null ? absent : code(values.original)],
      ["rebuild", values === null ? absent : code(values.rebuild)],
      ["witness", values?.witness || null],
      ["follows from", values?.from ? origins(id, values.from) : null],
      ["cause", what.cause === "" ? null : cause],
      ["claim", claimOf(what)],
    ];
    const known = facts.filter(([, fact]) => fact !== null);
    const list = known.flatMap(([name, fact]) => [element("dt", {}, name), element("dd", {}, fact)]);
    const copy = element("button", { type: "button" }, "Copy link");
    copyOnClick(copy, () => location.href.replace(/#.*|$/, `#f${id}`));
    return [element("dl", {}, list), lines === null ? null : difference(lines), copy].filter((part) => part !== null);
  }

  // ---- The rest of the page

  function copyOnClick(button, text) {
    const label = button.textContent;
    button.addEventListener("click", async () => {
      const done = await navigator.clipboard.writeText(text()).then(() => true, () => false);
      button.textContent = done ? "Copied" : "The browser does not allow it";
      setTimeout(() => { button.textContent = label; }, 2000);
    });
  }

  /** Buttons that copy, and links from numbers to the findings that they count. */
  function enrich() {
    for (const button of document.querySelectorAll("[data-copy]")) {
      copyOnClick(button, () => button.dataset.copy);
      button.hidden = false;
    }
    for (const place of document.querySelectorAll("[data-find]")) {
      const to = { view: "list", filter: place.dataset.find };
      if (place.tagName === "TD") place.replaceChildren(link(place.textContent, to));
      else place.append(" ", link("Show them all", to));
    }
  }

  const HELP = [
    ["/", "filter"],
    ["j, k", "next and previous"],
    ["Enter", "open"],
    ["Esc", "leave the filter"],
    ["?", "this help"],
    ["words", "in the path, the place or the field; all of them"],
    ["-word", "without it"],
    ["path:usr/lib", "it and what is below it; path:usr/li* for all that begins so"],
    ["cause:ID claim:proven aspect:mtime layer:3", "findings of these"],
    ["accepted:no kind:config field:F platform:P", "likewise"],
    ['"two words"', "one word with a space in it"],
  ];

  function helpDialog() {
    const list = HELP.flatMap(([key, what]) => [element("dt", {}, code(key)), element("dd", {}, what)]);
    return element("dialog", { "aria-label": "Keys and filter" },
      element("h2", {}, "Keys and filter"), element("dl", {}, list),
      element("form", { method: "dialog" }, element("button", {}, "Close")));
  }

  /** Goes to the next thing in the section that can be opened, or to the one before. */
  function move(by) {
    const steps = [...parts.body.querySelectorAll(".step")].filter((step) => step.checkVisibility());
    const at = steps.indexOf(document.activeElement);
    steps[Math.min(Math.max(at < 0 ? 0 : at + by, 0), steps.length - 1)]?.focus();
  }

  function pressed(event) {
    const typing = event.target.closest?.("input, dialog");
    if (event.key === "Escape" && event.target === parts.filter) parts.filter.blur();
    if (typing || event.ctrlKey || event.altKey || event.metaKey) return;
    const [find, help] = [() => parts.filter.focus(), () => parts.help.showModal()];
    const keys = { "/": find, "?": help, j: () => move(1), k: () => move(-1) };
    if (!Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key]();
  }

  /** What the section is made of. */
  function made() {
    const filter = element("input", {
      type: "search", id: "filter", autocomplete: "off", spellcheck: "false", placeholder: "usr/lib cause:tar-mtime",
      oninput: () => typed(filter.value),
    });
    const view = ([name, label]) => {
      const open = () => { location.hash = address({ ...state, view: name, from: 0 }); };
      return [name, element("button", { type: "button", onclick: open }, label)];
    };
    const views = Object.fromEntries(Object.entries(VIEWS).map(view));
    const status = element("p", { role: "status", class: "soft" });
    const body = element("div", { class: "results" });
    return { section: byId("all"), filter, views, help: helpDialog(), status, body };
  }

  let waiting = 0;

  /** What was typed is looked for when no more comes for a moment. */
  function typed(filter) {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const view = state.view === "causes" && state.filter === "" ? "list" : state.view;
      location.replace(address({ view, filter, from: 0 }));
    }, 150);
  }

  let index, parts, chunkOf, valueChunk, diffChunk;

  async function start() {
    index = JSON.parse(decoder.decode(await unpacked("data-index")));
    chunkOf = kept(Infinity, rowsOf);
    valueChunk = kept(KEPT, valuesOf);
    diffChunk = kept(KEPT, async (number) => JSON.parse(decoder.decode(await unpacked(`data-diffs-${number}`))));
    parts = made();
    const help = { type: "button", "aria-label": "Keys and filter", onclick: () => parts.help.showModal() };
    const views = element("div", { role: "group", "aria-label": "View" }, Object.values(parts.views));
    const controls = [views, element("label", { for: "filter" }, "Filter"), parts.filter, element("button", help, "?")];
    byId("unscripted").replaceWith(
      element("div", { class: "controls" }, controls),
      ...(index.leftOut === "" ? [] : [element("p", { class: "mild" }, index.leftOut)]),
      parts.status, parts.body, parts.help);
    enrich();
    document.addEventListener("keydown", pressed);
    addEventListener("hashchange", follow);
    if (asked() === null) await show();
    await follow();
  }

  start().catch((error) => {
    const note = byId("unscripted") ?? parts.status;
    note.textContent = `The list of findings cannot be shown by this browser (${error}). The JSON report has them.`;
  });
}
