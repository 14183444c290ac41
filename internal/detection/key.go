package detection

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/detection/facts"
)

// key is what events are looked up by. In a rule file it is written as
//
//	event:TYPE  hook:EVENT  tool:NAME  program:NAME  wrapper:NAME  via:CONSTRUCT
//	act:KIND    act:FAMILY.*
//	path:ACCESS  path:ACCESS:CLASS  class:CLASS
//	flow:FROM>TO (either may be *)
//	net:DIRECTION  net:DIRECTION:HOSTCLASS  host:HOSTCLASS
//	opaque:REASON  session:FIELD  session:FIELD>=NUMBER
type key struct {
	kind keyKind
	a, b string
}

type keyKind byte

const (
	keyEvent keyKind = iota + 1
	keyHook
	keyTool
	keyProgram
	keyWrapper
	keyVia
	keyAct
	keyFamily
	keyPath      // access
	keyPathClass // access and class
	keyClass
	keyFlow
	keyNet      // direction
	keyNetClass // direction and class of host
	keyHost
	keyOpaque
	keySession // with a number, not in the index
)

// sessionKey is a key that asks for a counter.
type sessionKey struct {
	field *sessionField
	least int64
}

var accesses = set(facts.AccessRead, facts.AccessWrite, facts.AccessDelete, facts.AccessExecute, facts.AccessMode, facts.AccessList, facts.AccessMove, facts.AccessUse)

var classes = set(facts.ClassTelemetry, facts.ClassAgentConfig, facts.ClassCredential, facts.ClassPersistence, facts.ClassSystemAuth,
	facts.ClassRoot, facts.ClassDevice, facts.ClassContainer, facts.ClassLog, facts.ClassSystem, facts.ClassTemp, facts.ClassProject,
	facts.ClassGit, facts.ClassHome, facts.ClassOtherHome, facts.ClassDevNull, facts.ClassUnknown, facts.ClassOther)

var directions = set(facts.DirectionDownload, facts.DirectionUpload, facts.DirectionConnect, facts.DirectionListen, facts.DirectionLookup)

var hostClasses = set(facts.HostLoopback, facts.HostPrivate, facts.HostMetadata, facts.HostKnown, facts.HostCollect, facts.HostPublic, facts.HostUnknown)

var flowSources = set(facts.FlowSecret, facts.FlowFile, facts.FlowDownload, facts.FlowDecode, facts.FlowInput)

var flowSinks = set(facts.FlowNetwork, facts.FlowExecute, facts.FlowDelete)

var acts, families = func() (map[string]bool, map[string]bool) {
	acts, families := map[string]bool{}, map[string]bool{}
	for _, k := range facts.ActKinds() {
		acts[k] = true
		family, _, _ := strings.Cut(k, ".")
		families[family] = true
	}
	return acts, families
}()

func set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}

// parseKey reads a key. Exactly one of the results is set when there is no error.
func parseKey(text string) (key, *sessionKey, error) {
	kind, rest, ok := strings.Cut(text, ":")
	if !ok || rest == "" || len(text) > 128 {
		return key{}, nil, fmt.Errorf("%q is no key: it is written kind:name", cut(text, 64))
	}
	one := func(k keyKind) (key, *sessionKey, error) { return key{kind: k, a: rest}, nil, nil }
	known := func(what string, names map[string]bool, name string) error {
		if !names[name] {
			return fmt.Errorf("key %q: %q is no %s", text, name, what)
		}
		return nil
	}
	switch kind {
	case "event":
		return one(keyEvent)
	case "hook":
		return one(keyHook)
	case "tool":
		return one(keyTool)
	case "program":
		return one(keyProgram)
	case "wrapper":
		return one(keyWrapper)
	case "via":
		return one(keyVia)
	case "opaque":
		return one(keyOpaque)
	case "act":
		if family, ok := strings.CutSuffix(rest, ".*"); ok {
			return key{kind: keyFamily, a: family}, nil, known("family of acts", families, family)
		}
		return key{kind: keyAct, a: rest}, nil, known("act", acts, rest)
	case "class":
		k, _, _ := one(keyClass)
		return k, nil, known("class of a path", classes, rest)
	case "host":
		k, _, _ := one(keyHost)
		return k, nil, known("class of a host", hostClasses, rest)
	case "path":
		access, class, both := strings.Cut(rest, ":")
		if err := known("way of using a path", accesses, access); err != nil {
			return key{}, nil, err
		}
		if !both {
			return key{kind: keyPath, a: access}, nil, nil
		}
		return key{kind: keyPathClass, a: access, b: class}, nil, known("class of a path", classes, class)
	case "net":
		direction, class, both := strings.Cut(rest, ":")
		if err := known("direction", directions, direction); err != nil {
			return key{}, nil, err
		}
		if !both {
			return key{kind: keyNet, a: direction}, nil, nil
		}
		return key{kind: keyNetClass, a: direction, b: class}, nil, known("class of a host", hostClasses, class)
	case "flow":
		from, to, both := strings.Cut(rest, ">")
		if !both || from == "*" && to == "*" {
			return key{}, nil, fmt.Errorf("key %q: a flow is written flow:from>to", text)
		}
		if from != "*" {
			if err := known("source of a flow", flowSources, from); err != nil {
				return key{}, nil, err
			}
		}
		if to != "*" {
			if err := known("sink of a flow", flowSinks, to); err != nil {
				return key{}, nil, err
			}
		}
		return key{kind: keyFlow, a: from, b: to}, nil, nil
	case "session":
		name, number, both := strings.Cut(rest, ">=")
		field := sessionFields[name]
		if field == nil {
			return key{}, nil, fmt.Errorf("key %q: a session has no %q", text, name)
		}
		least := int64(1)
		if both {
			n, err := strconv.ParseInt(number, 10, 64)
			if err != nil || n < 1 || field.number == nil {
				return key{}, nil, fmt.Errorf("key %q: session:FIELD>=NUMBER wants a counter and a number from 1 on", text)
			}
			least = n
		}
		return key{}, &sessionKey{field, least}, nil
	}
	return key{}, nil, fmt.Errorf("key %q: there is no kind of key %q", text, cut(kind, 32))
}

// place says which fact has a key.
type place struct {
	kind  placeKind
	index int
}

type placeKind byte

const (
	placeEvent placeKind = iota
	placeCommand
	placePath
	placeNet
	placeFlow
	placeAct
	placeOpaque
	placeSession
)

// eachKey calls visit with every key of an event but those of its session.
func eachKey(f *facts.Facts, visit func(key, place)) {
	e := place{placeEvent, 0}
	if f.Event.Type != "" {
		visit(key{keyEvent, f.Event.Type, ""}, e)
	}
	if f.Event.HookEvent != "" {
		visit(key{keyHook, f.Event.HookEvent, ""}, e)
	}
	if f.Event.Tool != "" {
		visit(key{keyTool, f.Event.Tool, ""}, e)
	}
	for i := range f.Commands {
		c, at := &f.Commands[i], place{placeCommand, i}
		visit(key{keyProgram, c.Program, ""}, at)
		for _, w := range c.Wrappers {
			visit(key{keyWrapper, w, ""}, at)
		}
		for _, v := range c.Via {
			visit(key{keyVia, v, ""}, at)
		}
	}
	for i := range f.Paths {
		p, at := &f.Paths[i], place{placePath, i}
		visit(key{keyPath, p.Access, ""}, at)
		visit(key{keyPathClass, p.Access, p.Class}, at)
		visit(key{keyClass, p.Class, ""}, at)
	}
	for i := range f.Net {
		n, at := &f.Net[i], place{placeNet, i}
		visit(key{keyNet, n.Direction, ""}, at)
		visit(key{keyNetClass, n.Direction, n.Class}, at)
		visit(key{keyHost, n.Class, ""}, at)
	}
	for i := range f.Flows {
		w, at := &f.Flows[i], place{placeFlow, i}
		visit(key{keyFlow, w.From, w.To}, at)
		visit(key{keyFlow, w.From, "*"}, at)
		visit(key{keyFlow, "*", w.To}, at)
	}
	for i := range f.Acts {
		kind, at := f.Acts[i].Kind, place{placeAct, i}
		visit(key{keyAct, kind, ""}, at)
		if family, _, ok := strings.Cut(kind, "."); ok {
			visit(key{keyFamily, family, ""}, at)
		}
	}
	for i, o := range f.Opaque {
		visit(key{keyOpaque, o, ""}, place{placeOpaque, i})
	}
}
