// What the pages can do beyond being read: filters, other versions, comparison, files dropped in. No framework.
"use strict";

const $ = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const make = (tag, text = "", attributes = {}) => Object.assign(document.createElement(tag), { textContent: text }, attributes);
const tell = (text) => { $("#told").textContent = text; };

// A view is in the address behind `#`, which works from a file, too.
const view = () => new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : "");
const remember = (params) => history.replaceState(null, "", params.size ? `#${params}` : location.pathname.split("/").pop());

const copy = async (text, button) => {
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    const field = make("textarea", text);
    document.body.append(field);
    field.select();
    button.textContent = document.execCommand("copy") ? "Copied" : "Copying is not allowed here";
    field.remove();
  }
  setTimeout(() => { button.textContent = before; }, 2000);
};

// ---- data: a sign a case for every build

const data = window.VENVPROOF;
const WORST = "!xo~+-."; // what a situation comes to is the worst of its variants; without a result only if all are
const word = (sign) => data.outcomes[sign];
const scenarioOf = (name) => name.split("[")[0];
const casesOf = {};
data?.cases.forEach((name, number) => (casesOf[scenarioOf(name)] ??= []).push(number));
const noteOf = (build, number) => (number in build.notes ? data.texts[build.notes[number]] : "");

function cellOf(build, scenario) {
  const numbers = (casesOf[scenario] ?? []).filter((number) => build.signs[number] !== " ");
  if (!numbers.length) return null;
  const worst = numbers.reduce((one, other) => (WORST.indexOf(build.signs[other]) < WORST.indexOf(build.signs[one]) ? other : one));
  return { sign: build.signs[worst], note: noteOf(build, worst) };
}

// ---- files of the reader's own: a result file, or published data; nothing leaves the machine

function recordsOf(text) {
  const published = text.startsWith("{\n\"format\"") && JSON.parse(text);
  if (published) {
    const name = `${published.tool}@${published.version}`;
    return Object.entries(published.cases).map(([id, one]) => ({ ...one, id, subject: name, python: published.python }));
  }
  const lines = text.split("\n").filter(Boolean).map((line) => JSON.parse(line));
  if (lines[0]?.kind !== "header") throw new Error("it does not begin with a header");
  if (lines.at(-1).kind !== "footer") throw new Error("its run died before the end");
  return lines.filter((line) => line.kind === "case").map((line) => ({ ...line, id: line.scenario + (line.variant ? `[${line.variant}]` : "") }));
}

function buildsOf(text, file) {
  const signs = new Map(Object.entries(data.outcomes).map(([sign, outcome]) => [outcome, sign]));
  const columns = Map.groupBy ? Map.groupBy(recordsOf(text), (one) => `${one.subject} ${one.python}`) : new Map();
  if (!Map.groupBy) for (const one of recordsOf(text)) columns.set(`${one.subject} ${one.python}`, [...(columns.get(`${one.subject} ${one.python}`) ?? []), one]);
  if (!columns.size) throw new Error("it holds no case");
  return [...columns.values()].map((records) => {
    const known = new Map(records.map((one) => [one.id, one]));
    const notes = {};
    data.cases.forEach((name, number) => {
      const broken = known.get(name)?.findings.find((one) => one.verdict === "broken" && one.level !== "observe");
      if (broken) notes[number] = data.texts.push(broken.check) - 1;
    });
    const title = `${records[0].subject.replace("@", " ")} (${file})`;
    const version = records[0].subject.split("@")[1];
    const found = data.cases.map((name) => signs.get(known.get(name)?.outcome) ?? " ").join("");
    return { slug: title.replace(/[^\w.]+/g, "-"), title, version, column: "", signs: found, notes, strangers: records.filter((one) => !data.cases.includes(one.id)).length };
  });
}

function takeFiles(taken) {
  const read = async (files) => {
    for (const file of files) {
      try {
        const builds = buildsOf(await file.text(), file.name);
        data.builds.push(...builds);
        taken(builds);
        const strangers = builds.reduce((sum, build) => sum + build.strangers, 0);
        tell(`Added ${builds.map((build) => build.title).join(", ")}${strangers ? `; cases of situations unknown here: ${strangers}` : ""}. It stays on this machine.`);
      } catch (error) {
        tell(`${file.name} is no result file that could be read: ${error.message}`);
      }
    }
  };
  $("#file").addEventListener("change", (event) => read([...event.target.files]));
  for (const kind of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      event.preventDefault();
      $("#drop").classList.toggle("over", kind === "dragover");
      if (kind === "drop") read([...event.dataTransfer.files]);
    });
  }
}

// ---- the matrix

function matrix(table, form) {
  const heads = () => all("thead th[data-c]", table);
  const rows = all("tr[data-s]", table);
  const hidden = document.head.appendChild(make("style"));
  const chosen = (name) => all(`[name=${name}]:checked`, form).map((box) => box.value);

  const fill = (cell, build, scenario, newest) => {
    cell.own ??= { nodes: [...cell.childNodes], className: cell.className, levels: cell.dataset.l ?? "" };
    cell.replaceChildren(...(newest ? cell.own.nodes : []));
    if (newest) { // as the page has it, which tells of earlier releases, too
      cell.className = cell.own.className;
      cell.dataset.l = cell.own.levels;
      return;
    }
    const found = cellOf(build, scenario);
    cell.className = found ? `o-${word(found.sign)}` : "";
    cell.dataset.l = found?.sign === "x" ? "must" : found?.sign === "~" ? "should" : "";
    if (!found) return;
    const text = [make("span", found.sign, { className: "sign", ariaHidden: "true" }), ` ${word(found.sign)}`];
    const holder = build.column ? make("a", "", { href: `scenarios/${scenario}.html#${build.slug}` }) : make("span");
    holder.append(...text);
    cell.append(holder);
    if (found.note) cell.append(" ", make("small", found.note));
  };

  const show = (head, build) => {
    head.dataset.b = build.slug;
    const place = [...head.parentNode.children].indexOf(head);
    for (const row of rows) fill(row.children[place], build, row.dataset.s, build.slug === head.dataset.newest);
  };

  for (const head of heads()) { // another version in place of the newest
    const builds = data.builds.filter((build) => build.column === head.dataset.c);
    const picker = make("select", "", { ariaLabel: `Version of ${head.dataset.c}` });
    picker.append(...builds.map((build) => make("option", build.version, { value: build.slug, selected: build.slug === head.dataset.b })));
    head.dataset.newest = head.dataset.b;
    $(".v", head).replaceChildren(picker);
    picker.addEventListener("change", () => { show(head, builds[picker.selectedIndex]); apply(); });
  }

  for (const body of all("tbody", table)) { // rows on which all agree are folded, a family at a time
    const fold = $(".fold th", body);
    if (!fold) continue;
    const words = fold.textContent;
    const button = make("button", "", { type: "button" });
    const set = (open) => {
      body.classList.toggle("open", open);
      button.ariaExpanded = String(open);
      button.textContent = open ? `Hide the ${words}` : `Show the ${words}`;
    };
    button.addEventListener("click", () => { set(!body.classList.contains("open")); apply(); });
    set(false);
    fold.replaceChildren(button);
  }

  function apply({ cell } = {}) {
    const words = form.q.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const outcomes = chosen("outcome"), tools = chosen("tool");
    const places = heads().flatMap((head, number) => (head.hidden ? [] : [number + 1]));
    const shownColumn = (head) => (!head.dataset.c || tools.includes(head.dataset.c)) && (!form.machine?.value || head.dataset.m === form.machine.value);
    const kept = heads().map((head, number) => [head, number + 1]).filter(([head]) => shownColumn(head)).map(([, place]) => place);
    hidden.textContent = places.filter((place) => !kept.includes(place)).map((place) => `#matrix tr > :nth-child(${place + 1}) { display: none; }`).join("\n");
    let count = 0;
    for (const row of rows) {
      const cells = kept.map((place) => row.children[place]);
      const text = `${row.dataset.s} ${row.children[0].textContent}`.toLowerCase();
      const fits = (!form.family.value || row.parentNode.dataset.f === form.family.value)
        && words.every((one) => text.includes(one))
        && (!outcomes.length || cells.some((one) => outcomes.some((outcome) => one.classList.contains(`o-${outcome}`))))
        && (!form.level.value || cells.some((one) => one.dataset.l?.split(" ").includes(form.level.value)));
      const narrow = words.length || outcomes.length || form.level.value;
      const folded = row.classList.contains("agreed") && !form.agreed.checked && !narrow && !row.parentNode.classList.contains("open");
      row.hidden = !fits || folded;
      count += fits;
    }
    for (const body of all("tbody", table)) {
      const some = all("tr[data-s]", body).some((row) => !row.hidden);
      const fold = $(".fold", body);
      const narrow = words.length || outcomes.length || form.level.value || form.agreed.checked;
      const asked = !form.family.value || form.family.value === body.dataset.f;
      if (fold) fold.hidden = Boolean(narrow) || !asked;
      body.hidden = !some && (narrow || !asked);
    }
    tell(`${count} of ${rows.length} situations, ${kept.length} of ${heads().length} columns`);
    const params = new URLSearchParams();
    for (const name of ["q", "family", "level", "machine"]) if (form[name]?.value) params.set(name, form[name].value);
    if (outcomes.length) params.set("outcome", outcomes.join(","));
    if (tools.length < all("[name=tool]", form).length) params.set("tool", tools.join(","));
    if (form.agreed.checked) params.set("agreed", "1");
    for (const head of heads()) if (head.dataset.newest && head.dataset.b !== head.dataset.newest) params.set(`v.${head.dataset.c}`, $("select", head).selectedOptions[0].text);
    const pointed = cell ?? view().get("cell");
    if (pointed) params.set("cell", pointed);
    remember(params);
  }

  function restore() {
    const params = view();
    for (const name of ["q", "family", "level", "machine"]) if (form[name]) form[name].value = params.get(name) ?? "";
    const outcomes = params.get("outcome")?.split(",") ?? [], tools = params.get("tool")?.split(",");
    for (const box of all("[name=outcome]", form)) box.checked = outcomes.includes(box.value);
    for (const box of all("[name=tool]", form)) box.checked = !tools || tools.includes(box.value);
    form.agreed.checked = params.has("agreed");
    for (const head of heads().filter((one) => one.dataset.newest)) {
      const wanted = params.get(`v.${head.dataset.c}`);
      const build = data.builds.find((one) => one.column === head.dataset.c && (wanted ? one.version === wanted : one.slug === head.dataset.newest));
      if (build && build.slug !== head.dataset.b) { $("select", head).value = build.slug; show(head, build); }
    }
    apply();
    point(params.get("cell"));
  }

  function point(name) { // `links/chain::uv`: the cell of that situation and tool
    all(".found", table).forEach((one) => one.classList.remove("found"));
    const [scenario, column] = (name ?? "").split("::");
    const row = rows.find((one) => one.dataset.s === scenario);
    const place = heads().findIndex((head) => head.dataset.c === column) + 1;
    if (!row || !place) return;
    row.hidden = row.parentNode.hidden = false;
    row.children[place].classList.add("found");
    row.children[place].scrollIntoView({ block: "center", inline: "center" });
    $("a", row.children[place])?.focus({ preventScroll: true });
  }

  table.addEventListener("focusin", (event) => {
    const cell = event.target.closest("tr[data-s] > td");
    if (!cell) return;
    const head = heads()[[...cell.parentNode.children].indexOf(cell) - 1];
    const params = view();
    params.set("cell", `${cell.parentNode.dataset.s}::${head.dataset.c}`);
    remember(params);
  });
  table.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    const from = event.target.closest("tr[data-s] > *");
    if (!steps || !from || event.target.tagName === "SELECT") return;
    const shown = rows.filter((row) => row.offsetParent);
    let down = shown.indexOf(from.parentNode), across = [...from.parentNode.children].indexOf(from);
    for (;;) {
      down += steps[0];
      across += steps[1];
      const next = shown[down]?.children[across];
      if (!next) return;
      const link = next.offsetParent && $("a", next);
      if (link) { event.preventDefault(); link.focus(); return; }
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !/INPUT|SELECT|TEXTAREA/.test(document.activeElement.tagName)) { event.preventDefault(); form.q.focus(); }
  });

  form.addEventListener("input", () => apply());
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => { remember(new URLSearchParams()); setTimeout(restore); });
  $("#copy").addEventListener("click", (event) => copy(location.href, event.target));
  $("#pin").addEventListener("click", (event) => {
    const params = view();
    for (const head of heads().filter((one) => one.dataset.newest)) params.set(`v.${head.dataset.c}`, $("select", head).selectedOptions[0].text);
    copy(`${location.href.split("#")[0]}#${params}`, event.target);
  });
  addEventListener("hashchange", restore);
  takeFiles((builds) => {
    for (const build of builds) {
      const head = make("th", build.title, { scope: "col" });
      head.dataset.c = build.slug;
      head.dataset.b = build.slug;
      $("thead tr", table).append(head);
      for (const row of rows) row.append(make("td"));
      for (const wide of all("[colspan]", table)) wide.colSpan += 1;
      const box = make("input", "", { type: "checkbox", name: "tool", value: build.slug, checked: true });
      const label = make("label");
      label.append(box, ` ${build.title}`);
      $("[name=tool]", form).closest("fieldset").append(label);
      show(head, build);
    }
    for (const row of rows) row.classList.toggle("agreed", new Set(all("td[class]", row).map((one) => one.className).filter(Boolean)).size < 2);
    apply();
  });
  form.hidden = false;
  restore();
}

// ---- two builds, and only what differs

function compare(form) {
  const offer = () => {
    for (const field of [form.a, form.b]) {
      const before = field.value;
      field.replaceChildren(...data.builds.map((build) => make("option", build.title, { value: build.slug })));
      field.value = before;
    }
  };
  const groups = { "Worse": [], "Better": [], "Wrong in another way": [], "Only in the first": [], "Only in the second": [] };
  const kind = (was, now, one, other) => {
    const measured = (sign) => "!xo~+".includes(sign);
    if (!measured(was) && !measured(now)) return null;
    if (!measured(now)) return "Only in the first";
    if (!measured(was)) return "Only in the second";
    if (was !== now) return WORST.indexOf(now) < WORST.indexOf(was) ? "Worse" : "Better";
    return one !== other ? "Wrong in another way" : null;
  };
  const apply = () => {
    const [a, b] = [form.a, form.b].map((field) => data.builds.find((build) => build.slug === field.value));
    remember(new URLSearchParams({ a: a.slug, b: b.slug }));
    for (const list of Object.values(groups)) list.length = 0;
    data.cases.forEach((name, number) => {
      const found = kind(a.signs[number], b.signs[number], noteOf(a, number), noteOf(b, number));
      if (found) groups[found].push([name, number]);
    });
    const parts = Object.entries(groups).filter(([, list]) => list.length).map(([title, list]) => part(title, list, a, b));
    const told = Object.entries(groups).filter(([, list]) => list.length).map(([title, list]) => `${title.toLowerCase()}: ${list.length}`);
    $("#differences").replaceChildren(...(parts.length ? parts : [make("p", `${a.title} and ${b.title} do the same in every case that both played.`)]));
    tell(told.join(", ") || "no differences");
  };
  const part = (title, list, a, b) => {
    const details = make("details", "", { open: !title.startsWith("Only") });
    const table = make("table", "", { className: "plain" });
    table.append(make("caption", `${title}: ${a.title} and ${b.title}`));
    const head = table.createTHead().insertRow();
    for (const text of ["Case", a.title, b.title]) head.append(make("th", text, { scope: "col" }));
    const body = table.createTBody();
    for (const [name, number] of list) {
      const row = body.insertRow();
      const label = make("th", "", { scope: "row" });
      label.append(make("a", name, { href: `scenarios/${scenarioOf(name)}.html#${(b.column ? b : a).slug}` }), make("small", data.summaries[scenarioOf(name)]));
      row.append(label);
      for (const build of [a, b]) {
        const cell = row.insertCell(), sign = build.signs[number];
        if (sign === " ") continue;
        cell.className = `o-${word(sign)}`;
        cell.append(make("span", sign, { className: "sign", ariaHidden: "true" }), ` ${word(sign)} `, make("small", noteOf(build, number)));
      }
    }
    const holder = make("div", "", { className: "scroll", tabIndex: 0, role: "region", ariaLabel: title });
    holder.append(table);
    const summary = make("summary");
    summary.append(make("b", `${title}: ${list.length}`));
    details.append(summary, holder);
    return details;
  };
  const restore = () => {
    const params = view(), last = data.builds.at(-1)?.slug;
    form.a.value = params.get("a") ?? data.builds.at(0)?.slug;
    form.b.value = params.get("b") ?? data.builds.filter((build) => build.column === data.builds[0].column).at(-1)?.slug ?? last;
    const strange = !form.a.value || !form.b.value;
    form.a.value ||= last;
    form.b.value ||= last;
    apply();
    if (strange) tell(`The address names a build that is not here. Shown instead: ${$("#told").textContent}`);
  };
  offer();
  form.addEventListener("input", (event) => { if (event.target.tagName === "SELECT") apply(); });
  form.addEventListener("submit", (event) => event.preventDefault());
  $("#swap").addEventListener("click", () => { [form.a.value, form.b.value] = [form.b.value, form.a.value]; apply(); });
  $("#copy").addEventListener("click", (event) => copy(location.href, event.target));
  addEventListener("hashchange", restore);
  takeFiles((builds) => { offer(); form.b.value = builds[0].slug; apply(); });
  form.hidden = false;
  restore();
}

// ---- every page: scripts that can be copied, and what an address points at is opened

for (const script of all(".script pre")) {
  const holder = make("div", "", { className: "copied" });
  const button = make("button", "Copy", { type: "button", className: "copy" });
  script.replaceWith(holder);
  holder.append(script, button);
  button.addEventListener("click", () => copy(script.textContent, button));
}
const named = () => { // an address may be mangled
  try { return document.getElementById(decodeURIComponent(location.hash.slice(1))); } catch { return null; }
};
const open = () => {
  const found = named();
  for (let one = found; one; one = one.parentElement?.closest("details")) if (one.tagName === "DETAILS") one.open = true;
  if (found) found.scrollIntoView();
};
addEventListener("hashchange", open);
open();
if ($("#matrix") && data) matrix($("#matrix"), $("#filters"));
if ($("#compare") && data) compare($("#compare"));
