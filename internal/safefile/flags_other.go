//go:build !unix

package safefile

// NoFollow makes opening a link fail where the system has such a flag.
const NoFollow = 0

const onlyDirectory = 0
