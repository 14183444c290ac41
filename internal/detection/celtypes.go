package detection

import (
	"errors"
	"fmt"
	"reflect"
	"sort"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/agent-telemetry/agent-telemetry/internal/detection/facts"
)

// The facts are CEL objects by tables of getters: fields are read without
// reflection, and only what stands in a table can be asked for.

type objectType struct {
	name   string
	typ    *types.Type
	fields map[string]*types.FieldType
}

// object is a fact as CEL sees it.
type object struct {
	typ   *objectType
	value any // a pointer
}

var errNoConversion = errors.New("facts cannot be converted")

func (o *object) ConvertToNative(reflect.Type) (any, error) { return nil, errNoConversion }

func (o *object) ConvertToType(t ref.Type) ref.Val {
	if t == types.TypeType {
		return o.typ.typ
	}
	return types.NewErr("%v", errNoConversion)
}

func (o *object) Equal(other ref.Val) ref.Val {
	p, ok := other.(*object)
	return types.Bool(ok && p.value == o.value)
}

func (o *object) Type() ref.Type { return o.typ.typ }

func (o *object) Value() any { return o.value }

type getters[T any] map[string]any

// define makes the object type of T: a getter is a func(*T) of string, int64, bool
// or []string.
func define[T any](name string, fields getters[T]) *objectType {
	t := &objectType{name: name, typ: types.NewObjectType(name), fields: make(map[string]*types.FieldType, len(fields))}
	for field, get := range fields {
		f := &types.FieldType{IsSet: func(any) bool { return true }}
		switch get := get.(type) {
		case func(*T) string:
			f.Type = types.StringType
			f.GetFrom = read(func(v *T) ref.Val { return types.String(get(v)) })
		case func(*T) int64:
			f.Type = types.IntType
			f.GetFrom = read(func(v *T) ref.Val { return types.Int(get(v)) })
		case func(*T) bool:
			f.Type = types.BoolType
			f.GetFrom = read(func(v *T) ref.Val { return types.Bool(get(v)) })
		case func(*T) []string:
			f.Type = types.NewListType(types.StringType)
			f.GetFrom = read(func(v *T) ref.Val { return types.NewStringList(types.DefaultTypeAdapter, get(v)) })
		default:
			panic(fmt.Sprintf("detection: field %s.%s has the type %T", name, field, get)) // at start, by the programmer
		}
		t.fields[field] = f
	}
	return t
}

func read[T any](get func(*T) ref.Val) ref.FieldGetter {
	return func(target any) (any, error) {
		v, ok := target.(*T)
		if !ok {
			return nil, fmt.Errorf("%T is no %T", target, v)
		}
		return get(v), nil
	}
}

var (
	eventType = define("Event", getters[facts.Event]{
		"id":              func(e *facts.Event) string { return e.ID },
		"type":            func(e *facts.Event) string { return e.Type },
		"hook":            func(e *facts.Event) string { return e.HookEvent },
		"tool":            func(e *facts.Event) string { return e.Tool },
		"session":         func(e *facts.Event) string { return e.Session },
		"project":         func(e *facts.Event) string { return e.Project },
		"project_name":    func(e *facts.Event) string { return e.ProjectName },
		"agent_id":        func(e *facts.Event) string { return e.AgentID },
		"agent_type":      func(e *facts.Event) string { return e.AgentType },
		"permission_mode": func(e *facts.Event) string { return e.PermissionMode },
		"transport":       func(e *facts.Event) string { return e.Transport },
		"command":         func(e *facts.Event) string { return e.Command },
		"mcp_server":      func(e *facts.Event) string { return e.MCPServer },
		"failed":          func(e *facts.Event) bool { return e.Failed },
		"denied":          func(e *facts.Event) bool { return e.Denied },
		"outside_project": func(e *facts.Event) bool { return e.OutsideProject },
	})
	commandType = define("Command", getters[facts.Command]{
		"program":    func(c *facts.Command) string { return c.Program },
		"path":       func(c *facts.Command) string { return c.Path },
		"text":       func(c *facts.Command) string { return c.Text },
		"args":       func(c *facts.Command) []string { return c.Args },
		"wrappers":   func(c *facts.Command) []string { return c.Wrappers },
		"via":        func(c *facts.Command) []string { return c.Via },
		"privileged": func(c *facts.Command) bool { return c.Privileged },
		"remote":     func(c *facts.Command) bool { return c.Remote },
	})
	pathType = define("Path", getters[facts.Path]{
		"path":            func(p *facts.Path) string { return p.Path },
		"access":          func(p *facts.Path) string { return p.Access },
		"class":           func(p *facts.Path) string { return p.Class },
		"program":         func(p *facts.Path) string { return p.Program },
		"recursive":       func(p *facts.Path) bool { return p.Recursive },
		"glob":            func(p *facts.Path) bool { return p.Glob },
		"outside_project": func(p *facts.Path) bool { return p.OutsideProject },
		"privileged":      func(p *facts.Path) bool { return p.Privileged },
		"remote":          func(p *facts.Path) bool { return p.Remote },
	})
	netType = define("Net", getters[facts.Net]{
		"host":      func(n *facts.Net) string { return n.Host },
		"url":       func(n *facts.Net) string { return n.URL },
		"direction": func(n *facts.Net) string { return n.Direction },
		"program":   func(n *facts.Net) string { return n.Program },
		"method":    func(n *facts.Net) string { return n.Method },
		"class":     func(n *facts.Net) string { return n.Class },
		"port":      func(n *facts.Net) int64 { return int64(n.Port) },
	})
	flowType = define("Flow", getters[facts.Flow]{
		"from":   func(w *facts.Flow) string { return w.From },
		"to":     func(w *facts.Flow) string { return w.To },
		"detail": func(w *facts.Flow) string { return w.Detail },
	})
	actType = define("Act", getters[facts.Act]{
		"kind":       func(a *facts.Act) string { return a.Kind },
		"program":    func(a *facts.Act) string { return a.Program },
		"detail":     func(a *facts.Act) string { return a.Detail },
		"privileged": func(a *facts.Act) bool { return a.Privileged },
		"remote":     func(a *facts.Act) bool { return a.Remote },
	})
	sessionType = defineSession()

	objectTypes = map[string]*objectType{
		"Event": eventType, "Command": commandType, "Path": pathType, "Net": netType,
		"Flow": flowType, "Act": actType, "Session": sessionType,
	}
)

// provider adds the facts to CEL's own types. Rules cannot make objects.
type provider struct{ *types.Registry }

func (p *provider) FindStructType(name string) (*types.Type, bool) {
	if t, ok := objectTypes[name]; ok {
		return types.NewTypeTypeWithParam(t.typ), true
	}
	return p.Registry.FindStructType(name)
}

func (p *provider) FindStructFieldNames(name string) ([]string, bool) {
	t, ok := objectTypes[name]
	if !ok {
		return p.Registry.FindStructFieldNames(name)
	}
	var names []string
	for n := range t.fields {
		names = append(names, n)
	}
	sort.Strings(names)
	return names, true
}

func (p *provider) FindStructFieldType(name, field string) (*types.FieldType, bool) {
	if t, ok := objectTypes[name]; ok {
		f, ok := t.fields[field]
		return f, ok
	}
	return p.Registry.FindStructFieldType(name, field)
}

func (p *provider) NewValue(name string, fields map[string]ref.Val) ref.Val {
	if _, ok := objectTypes[name]; ok {
		return types.NewErr("a rule cannot make a %s", name)
	}
	return p.Registry.NewValue(name, fields)
}

func (p *provider) NativeToValue(v any) ref.Val {
	if v, ok := v.(ref.Val); ok {
		return v
	}
	return p.Registry.NativeToValue(v)
}

var variables = []cel.EnvOption{
	cel.Variable("event", eventType.typ),
	cel.Variable("commands", cel.ListType(commandType.typ)),
	cel.Variable("paths", cel.ListType(pathType.typ)),
	cel.Variable("net", cel.ListType(netType.typ)),
	cel.Variable("flows", cel.ListType(flowType.typ)),
	cel.Variable("acts", cel.ListType(actType.typ)),
	cel.Variable("opaque", cel.ListType(cel.StringType)),
	cel.Variable("session", sessionType.typ),
	cel.Variable("project", cel.StringType),
}

// vars are the variables of one event, made when they are first asked for.
type vars struct {
	f *facts.Facts
	s *Session

	commands, paths, net, flows, acts, opaque ref.Val
	event, session                            *object
}

func (v *vars) Parent() cel.Activation { return nil }

func (v *vars) ResolveName(name string) (any, bool) {
	switch name {
	case "event":
		if v.event == nil {
			v.event = &object{eventType, &v.f.Event}
		}
		return v.event, true
	case "session":
		if v.session == nil {
			v.session = &object{sessionType, v.s}
		}
		return v.session, true
	case "commands":
		return list(&v.commands, commandType, v.f.Commands), true
	case "paths":
		return list(&v.paths, pathType, v.f.Paths), true
	case "net":
		return list(&v.net, netType, v.f.Net), true
	case "flows":
		return list(&v.flows, flowType, v.f.Flows), true
	case "acts":
		return list(&v.acts, actType, v.f.Acts), true
	case "opaque":
		if v.opaque == nil {
			v.opaque = types.NewStringList(types.DefaultTypeAdapter, v.f.Opaque)
		}
		return v.opaque, true
	case "project":
		return types.String(v.f.Event.Project), true
	}
	return nil, false
}

func list[T any](cache *ref.Val, t *objectType, values []T) ref.Val {
	if *cache == nil {
		objects := make([]object, len(values))
		vals := make([]ref.Val, len(values))
		for i := range values {
			objects[i] = object{t, &values[i]}
			vals[i] = &objects[i]
		}
		*cache = types.NewRefValList(types.DefaultTypeAdapter, vals)
	}
	return *cache
}
