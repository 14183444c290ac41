// Package story rebuilds what an agent did from the records of its session: the
// prompts, the tool calls with their outcome, the agents, the alerts, and what is
// missing.
//
// Records come from a Source: the audit log, which is the proof, or Loki. Load
// gives one session as a Story, Sessions gives the totals of many, and Find tells
// which session is meant by the start of its id. Who has records already gives
// them to a Builder, or, for the totals alone, to a Tally.
//
// Records may be late, missing, doubled and in any order:
//
//   - entries stand in the order of time, those of one instant in the order of
//     their numbers in the session; a late record is where it belongs;
//   - a record whose event id was seen is dropped, and so is a second Pre or Post
//     of one tool call; Story.Doubled counts both;
//   - a tool call whose end was not recorded has the outcome OutcomeUnknown, one
//     whose beginning was not begins when it must have, from its duration;
//   - numbers that are missing in the session become entries of KindGap.
//
// Everything is bounded. A Story holds at most Limits.Events entries (100,000
// unless set) and as many alerts again as a tenth of that, and Limits.Text bytes of
// text (64 MiB unless set): at most some 200 MiB for the largest session. What is
// left out is the newest, is counted, and is in the totals all the same. Sessions
// keeps the totals of 20,000 sessions, some 2 KiB each, with at most 4,096 files and
// 1,024 open tool calls each, and a million of them all together, for each segment of
// the audit log that is being read (at most four) and once more: at most some 500 MiB
// for a log that is made to take much, 40 MiB for one of a million usual records.
//
// Texts are as they were recorded: who shows them on a terminal, in HTML or in a
// table makes them harmless there.
package story
