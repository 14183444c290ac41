// Package agentspan makes spans of the events of sessions: a session, its turns, the
// agents that work in it and the calls of tools, one below the other.
//
// A span is finished when its end is known and everything about it may be expected to
// have come; until then it is kept. What is kept is bounded whatever comes, and can be
// taken over a restart. Ids follow from the ids in the events, so a span that is made
// twice is the same span.
//
// Nobody is asked for the time of day when spans are ended: time is what events say,
// and goes on when none come. So a log of last year gives the spans that it would have
// given then.
package agentspan
