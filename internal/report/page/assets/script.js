"use strict";
// Filters the rows of tables by text. The page is whole without it.
for (const table of document.querySelectorAll("table[data-filter]")) {
  const rows = [...table.tBodies[0].rows];
  if (rows.length < 8) continue;
  const box = document.createElement("div");
  box.className = "filter";
  const label = document.createElement("label");
  label.textContent = "Filter ";
  const input = document.createElement("input");
  input.type = "search";
  input.placeholder = table.dataset.filter;
  label.append(input);
  box.append(label);
  const count = document.createElement("span");
  count.setAttribute("role", "status");
  const kinds = [...new Set(rows.map((r) => r.dataset.kind).filter(Boolean))];
  let select = null;
  if (kinds.length > 1) {
    const wrap = document.createElement("label");
    wrap.textContent = "Show ";
    select = document.createElement("select");
    for (const kind of ["everything", ...kinds]) select.append(new Option(kind, kind));
    wrap.append(select);
    box.append(wrap);
  }
  box.append(count);
  table.parentElement.before(box);
  const texts = rows.map((r) => r.textContent.toLowerCase());
  const apply = () => {
    const want = input.value.trim().toLowerCase();
    const kind = select && select.selectedIndex > 0 ? select.value : "";
    let shown = 0;
    rows.forEach((r, i) => {
      const show = texts[i].includes(want) && (!kind || r.dataset.kind === kind);
      r.hidden = !show;
      if (show) shown++;
    });
    count.textContent = want || kind ? `${shown} of ${rows.length} rows` : "";
  };
  input.addEventListener("input", apply);
  if (select) select.addEventListener("change", apply);
}
