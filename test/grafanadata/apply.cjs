// Reads panels and Loki's answers, has Grafana's own code make of them what a panel
// shows, and writes that: see ../dashboards/shown_test.go.
globalThis.window = globalThis;
globalThis.navigator = { language: 'en-US', languages: ['en-US'] };
globalThis.document = { createElement: () => ({ style: {} }), addEventListener: () => {} };

const data = require('@grafana/data');
const { firstValueFrom, map } = require('rxjs');

const keep = (text) => String(text ?? '');

// Grafana's transformation of this name is in its application, not in its library.
// This does what we use of it: labels become fields.
const extractFields = {
  id: 'extractFields',
  name: 'extractFields',
  operator: (options) => (source) =>
    source.pipe(
      map((frames) =>
        frames.map((frame) => {
          const from = frame.fields.find((f) => f.name === options.source);
          if (!from || options.format !== 'json' || !options.replace || !options.keepTime) {
            throw new Error('extractFields is used in a way that is not known here');
          }
          const names = [...new Set(from.values.flatMap((labels) => Object.keys(labels)))];
          const fields = names.map((name) => ({
            name,
            type: data.FieldType.string,
            config: {},
            values: from.values.map((labels) => labels[name]),
          }));
          return { ...frame, fields: [frame.fields.find((f) => f.name === 'Time'), ...fields] };
        })
      )
    ),
};

const transformers = new Map([...Object.values(data.standardTransformers), extractFields].map((t) => [t.id, t]));
data.standardTransformersRegistry.setInit(() => [...transformers.values()].map((t) => ({ id: t.id, name: t.name, transformation: t })));

// The field settings that our overrides have. Those of a panel type begin with custom.
const settings = ['displayName', 'unit', 'color', 'thresholds', 'mappings', 'links', 'min', 'max', 'decimals', 'noValue'];
const customs = ['width', 'cellOptions', 'inspect'];
const registry = new data.FieldConfigOptionsRegistry(() => [
  ...settings.map((id) => ({ id, path: id, name: id, process: (v) => v, shouldApply: () => true, isCustom: false })),
  ...customs.map((id) => ({ id: 'custom.' + id, path: id, name: id, process: (v) => v, shouldApply: () => true, isCustom: true })),
]);

/** The frames that the Loki data source makes of a target's answer. */
function frames(target) {
  const { refId, kind, series } = target;
  if (series.length === 0) {
    return [];
  }
  const field = (name, type, values, labels) => ({ name, type, values, config: {}, ...(labels ? { labels } : {}) });
  if (kind === 'vector') {
    const names = [...new Set(series.flatMap((s) => Object.keys(s.labels)))].sort();
    const fields = [
      field('Time', data.FieldType.time, series.map((s) => s.points[0].time)),
      ...names.map((n) => field(n, data.FieldType.string, series.map((s) => s.labels[n] ?? ''))),
      field('Value #' + refId, data.FieldType.number, series.map((s) => s.points[0].value)),
    ];
    return [{ refId, fields, length: series.length }];
  }
  if (kind === 'streams') {
    const fields = [
      field('labels', data.FieldType.other, series.map((s) => s.labels)),
      field('Time', data.FieldType.time, series.map((s) => s.points[0].time)),
      field('Line', data.FieldType.string, series.map((s) => s.points[0].line)),
    ];
    return [{ refId, fields, length: series.length }];
  }
  return series.map((s) => {
    const value = field('Value', data.FieldType.number, s.points.map((p) => p.value), s.labels);
    value.config.displayNameFromDS = (target.legend || '').replace(/\{\{(\w+)\}\}/g, (_, n) => s.labels[n] ?? '');
    return { refId, fields: [field('Time', data.FieldType.time, s.points.map((p) => p.time)), value], length: s.points.length };
  });
}

async function show({ name, panel, targets }) {
  const theme = data.createTheme();
  const before = targets.flatMap(frames);
  const changed = await firstValueFrom(data.transformDataFrame(panel.transformations ?? [], before, { interpolate: keep }));
  const shown = data.applyFieldOverrides({
    data: changed, fieldConfig: panel.fieldConfig, fieldConfigRegistry: registry, replaceVariables: keep, theme, timeZone: 'utc',
  });
  const out = { name, frames: shown.length, fields: [], values: [], graphFields: Object.values(data.NodeGraphDataFrameFieldNames) };
  for (const [frameIndex, frame] of shown.entries()) {
    for (const f of frame.fields) {
      out.fields.push({
        frame: frameIndex,
        name: f.name,
        type: f.type,
        // Numbers as they are: null is one that is none.
        numbers: f.type === data.FieldType.number ? f.values : undefined,
        title: data.getFieldDisplayName(f, frame, shown),
        links: (f.config.links ?? []).length,
        texts: f.values.map((v) => data.formattedValueToString(f.display(v))),
      });
    }
  }
  const reduce = panel.options?.reduceOptions;
  if (reduce) {
    const values = data.getFieldDisplayValues({
      fieldConfig: panel.fieldConfig, reduceOptions: reduce, replaceVariables: keep, theme, data: shown, timeZone: 'utc',
    });
    out.values = values.map((v) => ({ title: keep(v.display.title), text: data.formattedValueToString(v.display), colour: keep(v.display.color) }));
  }
  return out;
}

(async () => {
  const chunks = [];
  for await (const c of process.stdin) {
    chunks.push(c);
  }
  console.time = console.timeEnd = () => {};
  const all = [];
  for (const panel of JSON.parse(Buffer.concat(chunks).toString())) {
    try {
      all.push(await show(panel));
    } catch (e) {
      all.push({ name: panel.name, error: String(e.stack) });
    }
  }
  process.stdout.write(JSON.stringify(all));
})();
