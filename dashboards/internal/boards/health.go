package boards

import (
	"github.com/agent-telemetry/agent-telemetry/dashboards/internal/style"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Health shows whether the recorder itself works.
func Health() style.Board {
	return style.Board{
		UID: style.UIDHealth, Title: "Agents: pipeline health", From: "now-6h", Refresh: "1m",
		About:       "Whether everything is recorded: what waits, what was lost or refused, how old the newest checkpoint is, what Loki said.",
		Variables:   []style.Variable{hosts},
		Annotations: []style.Annotation{worstAlerts},
		Sections: []style.Section{
			{Rows: []style.Row{
				style.Even(4,
					recording(),
					stateStat("Waiting in the spool", "Events that wait for the collector. They go up while it is down, and to 0 soon after. Next: agent-telemetry doctor.", "short", semconv.HealthSpoolFiles, style.Rising(1, 1000)),
					lagStat(),
					lostStat(),
					stateStat("Newest checkpoint", "Age of the newest signed checkpoint of the audit log. What came later can still be removed unseen.", "s", semconv.HealthCheckpoint, style.Rising(900, 3600)),
					diskStat()),
				style.Even(4,
					sinceStat("Refused by Loki", "Entries that Loki will never take. They are in the audit log: agent-telemetry reconcile tells which.", semconv.HealthLokiRefused, style.FromZero(style.Bad)),
					sinceStat("Failed pushes", "Pushes that Loki did not take. They are sent again; many of them: Loki is down or too slow.", semconv.HealthPushErrors, style.FromZero(style.Warn)),
					sinceStat("Write errors", "Writes to the audit log that failed. Hooks are told no and leave their events in the spool.", semconv.HealthWriteErrors, style.FromZero(style.Bad)),
					sinceStat("Not judged", "Events that the rules could not judge.", semconv.HealthUnjudged, style.FromZero(style.Warn)),
					sinceStat("Missing events", "Events that were told to be missing. See the dashboard of security.", semconv.HealthMissing, style.FromZero(style.Bad)),
					stateStat("Files put aside", "Files in the spool that could not be read, and were kept: somebody wrote what is no event. See spool/ in the state directory.", "short", semconv.HealthSpoolReject, style.FromZero(style.Warn))),
				style.Even(9, flow(), waiting()),
				style.Even(8, spool(), deliveryTable()),
			}},
			{Title: "Audit log, Loki, resources", Rows: []style.Row{
				style.Even(8, auditSize(), lokiPushes(), memory()),
			}},
			{Title: "More: times of single steps, processor time, notifications", Folded: true, Rows: []style.Row{
				style.Even(8, steps(), processor()),
				style.Wide(8, recorders()),
				style.Wide(8, notificationTable(onHost(channels))),
			}},
		},
	}
}

func recording() style.Panel {
	return style.Stat(style.Spec{
		Title: "Recorder", Unit: "short", Steps: style.Alive(), Empty: "No word from it. agent-telemetry up",
		About:   "Minutes of the last five in which the collector told of itself; of several hosts the worst of those that told anything. Fewer than four: it was down, or Loki does not get its records. Next: agent-telemetry status.",
		Targets: []style.Target{style.Now("min(sum by (" + semconv.RollupFieldHost + ") (count_over_time(" + onHost(health).texts() + " [" + lately + "]))) or vector(0)")},
	})
}

// stateStat is a state as it was last told; 0 when it was left out.
func stateStat(title, about, unit, number string, steps []style.Step) style.Panel {
	return style.Stat(style.Spec{
		Title: title, Unit: unit, Empty: unknown, Steps: steps, About: about,
		Targets: []style.Target{style.Now(orZero(onHost(health).last(number, lately), lately))},
	})
}

// sinceStat counts over the whole time.
func sinceStat(title, about, number string, steps []style.Step) style.Panel {
	return style.Stat(style.Spec{
		Title: title, Unit: "short", Empty: unknown, Steps: steps, About: about + " In this time.",
		Targets: []style.Target{style.Now(orZero(onHost(health).sum(number, whole), whole))},
	})
}

func lagStat() style.Panel {
	return style.Stat(style.Spec{
		Title: "Loki lags behind by", Unit: "s", Empty: unknown, Steps: style.Rising(120, 900),
		About:   "For how long there have been records in the audit log that were not delivered yet, the worst reader. Nothing is lost meanwhile.",
		Targets: []style.Target{style.Now(orZero(onHost(delivery).last(semconv.DeliveryWaiting, lately), lately))},
	})
}

func lostStat() style.Panel {
	return stateStat("Lost by hooks", "Events that hooks could neither hand over nor spool, in the last 24 hours: mostly a full disk. Next: agent-telemetry doctor.", "short",
		semconv.HealthHookLost, style.FromZero(style.Bad))
}

func diskStat() style.Panel {
	return style.Stat(style.Spec{
		Title: "Disk free", Unit: "percentunit", Empty: unknown, Decimals: style.Bound(0),
		Steps:   []style.Step{{Colour: style.Bad}, {Value: 0.05, Colour: style.Warn}, {Value: 0.15, Colour: style.Good}},
		About:   "Of the file system of the state directory. When it is full, nothing can be recorded.",
		Targets: []style.Target{style.Now(ratio(onHost(health).last(semconv.HealthDiskFree, lately), onHost(health).last(semconv.HealthDiskTotal, lately)))},
	})
}

// several are numbers of the collector over time, with their names.
func several(c counts, add bool, list ...[2]string) []style.Target {
	var all []style.Target
	for _, n := range list {
		expr := c.max(n[0], interval)
		if add {
			expr = c.sum(n[0], interval)
		}
		all = append(all, style.Over(orZero(expr, interval), n[1]))
	}
	return all
}

func flow() style.Panel {
	return style.Lines(style.Spec{
		Title: "Events taken in and written", Unit: "short", Empty: unknown,
		About: "Requests that the receiver took, records that were written to the audit log and judged, in each interval. They go up and down together; when only the first goes up, see the write errors.",
		Targets: several(onHost(health), true,
			[2]string{semconv.HealthReceived, "received"}, [2]string{semconv.HealthWritten, "written"}, [2]string{semconv.HealthJudged, "judged"},
			[2]string{semconv.HealthRefused, "refused"}, [2]string{semconv.HealthDuplicates, "came twice"}),
		Overrides: []style.Override{style.Colour("refused", style.Bad), style.Colour("came twice", style.Denied)},
	})
}

func waiting() style.Panel {
	return style.Lines(style.Spec{
		Title: "Records not delivered yet", Unit: "short", Empty: "Nothing waits, or the collector is down: see Recorder",
		About:   "What each reader of the audit log has still to deliver. It falls back to 0; a line that only climbs is a backend that is down.",
		Targets: []style.Target{style.Over(onHost(delivery).max(semconv.DeliveryBehind, interval, semconv.RollupFieldReceiver), "{{"+semconv.RollupFieldReceiver+"}}")},
	})
}

func spool() style.Panel {
	return style.Lines(style.Spec{
		Title: "Spool", Unit: "short", Empty: unknown,
		About:   "Events that wait for the collector, and files that were put aside since they could not be read.",
		Targets: several(onHost(health), false, [2]string{semconv.HealthSpoolFiles, "waiting"}, [2]string{semconv.HealthSpoolReject, "put aside"}),
	})
}

func deliveryTable() style.Panel {
	labels := []string{semconv.RollupFieldReceiver, semconv.RollupFieldHost}
	return style.Numbers(style.Spec{
		Title: "Readers of the audit log", Unit: "short", Empty: "No reader has reported. Is the collector up? agent-telemetry status",
		About: "What each reader has to deliver now, and in all skipped or had refused. Skipped: gone from the disk before it was delivered.",
		Targets: []style.Target{
			style.Now("sum" + by(labels) + "(count_over_time(" + onHost(delivery).texts() + " [" + lately + "]))"),
			style.Now(onHost(delivery).last(semconv.DeliveryBehind, lately, labels...)), style.Now(onHost(delivery).last(semconv.DeliveryWaiting, lately, labels...)),
			style.Now(onHost(delivery).last(semconv.DeliverySkipped, lately, labels...)), style.Now(onHost(delivery).last(semconv.DeliveryRefused, lately, labels...)),
		},
	}, style.Value(1),
		style.Column{Field: semconv.RollupFieldReceiver, Name: "Reader"},
		style.Column{Field: semconv.RollupFieldHost, Name: "Host"},
		style.Column{Field: style.Value(0), Name: "Minutes of the last 5", Width: 150, Steps: style.Alive()},
		style.Column{Field: style.Value(1), Name: "Behind", Width: 90, Steps: style.Rising(1000, 100_000)},
		style.Column{Field: style.Value(2), Name: "For", Width: 90, Unit: "s", Steps: style.Rising(120, 900)},
		style.Column{Field: style.Value(3), Name: "Skipped", Width: 90, Steps: style.FromZero(style.Bad)},
		style.Column{Field: style.Value(4), Name: "Refused", Width: 90, Steps: style.FromZero(style.Bad)},
	)
}

func auditSize() style.Panel {
	return style.Lines(style.Spec{
		Title: "Audit log", Unit: "bytes", Empty: unknown,
		About:   "Size of the audit log on disk. It never shrinks by itself but by retention; a drop that nobody made is a reason for agent-telemetry verify.",
		Targets: []style.Target{style.Over(onHost(health).max(semconv.HealthAuditBytes, interval), "size")},
	})
}

func lokiPushes() style.Panel {
	return style.Lines(style.Spec{
		Title: "Pushes to Loki", Unit: "short", Empty: unknown,
		About: "Pushes in each interval, those that Loki did not take, and entries that it will never take.",
		Targets: several(onHost(health), true,
			[2]string{semconv.HealthPushes, "pushes"}, [2]string{semconv.HealthPushErrors, "not taken"}, [2]string{semconv.HealthLokiRefused, "entries refused"}),
		Overrides: []style.Override{style.Colour("pushes", style.Neutral), style.Colour("not taken", style.Warn), style.Colour("entries refused", style.Bad)},
	})
}

func memory() style.Panel {
	return style.Lines(style.Spec{
		Title: "Memory of the collector", Unit: "bytes", Empty: unknown,
		About:   "Resident memory. Above 512 MiB it refuses records, and hooks spool.",
		Targets: []style.Target{style.Over(onHost(health).max(semconv.HealthRSS, interval), "resident")},
	})
}

func steps() style.Panel {
	return style.Lines(style.Spec{
		Title: "Time of single steps", Unit: "µs", Empty: unknown,
		About: "The worst minute's mean: to make an event of a payload, to judge it, to sync the audit log. What a hook waits for is their sum, at most.",
		Targets: several(onHost(health), false,
			[2]string{semconv.HealthCaptureAvg, "make an event"}, [2]string{semconv.HealthJudgeAvg, "judge it"}, [2]string{semconv.HealthSyncAvg, "sync to disk"}),
	})
}

func processor() style.Panel {
	return style.Lines(style.Spec{
		Title: "Processor time", Unit: "ms", Empty: unknown,
		About:   "Processor time of the collector in each interval.",
		Targets: []style.Target{style.Over(orZero(onHost(health).sum(semconv.HealthCPU, interval), interval), "used")},
	})
}

func recorders() style.Panel {
	labels := []string{semconv.RollupFieldHost}
	told := func(window string) style.Target {
		return style.Now("sum" + by(labels) + "(count_over_time(" + onHost(health).texts() + " [" + window + "]))")
	}
	return style.Numbers(style.Spec{
		Title: "Recorders", Unit: "short", Empty: unknown,
		About: "Every host whose collector told of itself in this time. Nothing under the last five minutes: it is down now, or its records do not get here.",
		Targets: []style.Target{
			told(whole), told(lately),
			style.Now(onHost(health).last(semconv.HealthUptime, lately, labels...)), style.Now(onHost(health).last(semconv.HealthSpoolFiles, lately, labels...)),
			style.Now(onHost(health).last(semconv.HealthRSS, lately, labels...)),
		},
	}, style.Value(0),
		style.Column{Field: semconv.RollupFieldHost, Name: "Host"},
		style.Column{Field: style.Value(0), Name: "Minutes told of", Width: 140},
		style.Column{Field: style.Value(1), Name: "Of the last 5", Width: 120, Steps: style.Alive()},
		style.Column{Field: style.Value(2), Name: "Up for", Width: 120, Unit: "s"},
		style.Column{Field: style.Value(3), Name: "Waiting in the spool", Width: 160, Steps: style.Rising(1, 1000)},
		style.Column{Field: style.Value(4), Name: "Memory", Width: 120, Unit: "bytes"},
	)
}
