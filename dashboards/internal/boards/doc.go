// Package boards holds our Grafana dashboards, a file each: what they ask Loki
// and how they say it.
//
// Counts come from the roll-ups that the collector makes every minute. Records
// themselves are asked for only where they are few (alerts) or where one session
// is chosen: reading all records of a day takes Loki many seconds.
package boards
