// Package lineage finds out which agent of a session was called by which: no event
// says it of itself.
//
// Several things tell. The answer of a call of Agent or Task names the agent that it
// made; a notification of a background task names both; so does a file that Claude
// Code writes, and so do its own spans. Until one of them comes, or when all are lost,
// an agent is given to a call of the same prompt and type which was made before it
// began and made nobody else yet.
//
// What is found depends on the events that have come and on their times, not on their
// order or on how often they come: everything that is not proven is matched anew when
// something becomes known. What had been told otherwise is a correction. What is
// remembered is bounded whatever comes, and can be taken over a restart.
package lineage
