// Package feed brings recorded events to the console: first those of the recent
// past, then what comes. A feed that cannot keep up passes records over and says
// how many.
package feed
