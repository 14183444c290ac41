// Package heaptargetextension is a collector extension that lets the heap grow to a
// size before it is collected, however little of it is in use.
//
// GOGC is a part of what is in use: a process that has little in use and makes much
// garbage collects it all the time, and one that has much in use takes much more. With
// a target the first takes a memory that is known, and the second no more than GOGC
// gives it. GOMEMLIMIT cannot do that: it is an upper bound, and a process that needs
// more than it spends up to half of its time on collecting in vain.
//
// After each collection the percentage is set anew, if it differs by enough. That is
// told by a cleanup of an object that nothing refers to. Where nothing was collected for a
// minute, GOGC counts again and the memory that was free is given back to the system.
// When all pipelines run, what only the start needed is given back: garbage and, on Linux,
// pages of the program itself.
package heaptargetextension

//go:generate mdatagen metadata.yaml
