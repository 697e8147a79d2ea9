"use strict";
(() => {
  const compare = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" }).compare;
  const order = (a, b) => (Number.isNaN(a - b) ? compare(a, b) : a - b);

  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      head.firstChild.addEventListener("click", () => {
        const now = head.ariaSort;
        const up = now === "none" ? !head.classList.contains("n") : now === "descending";
        const keyed = [...table.tBodies[0].rows].map((row) => {
          const cell = row.cells[column];
          return [cell.dataset.value ?? cell.textContent.trim(), row];
        });
        // What has no value stays last.
        keyed.sort(([a], [b]) => (a === "") - (b === "") || (up ? order(a, b) : order(b, a)));
        heads.forEach((each) => (each.ariaSort = "none"));
        head.ariaSort = up ? "ascending" : "descending";
        table.tBodies[0].append(...keyed.map(([, row]) => row));
      });
    });
  }

  const search = document.getElementById("search");
  const rows = [...document.getElementById("class-table").tBodies[0].rows];
  search.addEventListener("input", () => {
    const words = search.value.toLowerCase().split(/[\s_]+/);
    for (const row of rows) {
      const text = `${row.textContent} ${row.dataset.more}`.toLowerCase().replaceAll("_", " ");
      row.hidden = !words.every((word) => text.includes(word));
    }
    const count = rows.filter((row) => !row.hidden).length;
    document.getElementById("shown").textContent = `${count} of ${rows.length} shown`;
  });
})();
