package agents

import (
	"bufio"
	"fmt"
	"io"
	"strconv"

	"github.com/agent-telemetry/agent-telemetry/internal/csvtext"
)

// tableColumn is a column of a table of comma-separated values.
type tableColumn[T any] struct {
	name string
	cell func(T) string
	// number says that it has numbers of our own, of which one may begin with a minus.
	number bool
}

func printTable[T any](w io.Writer, columns []tableColumn[T], all []T) error {
	out := bufio.NewWriter(w)
	cells := make([]string, len(columns))
	for i := range columns {
		cells[i] = columns[i].name
	}
	if err := csvtext.WriteRow(out, cells); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	for _, one := range all {
		for i := range columns {
			if cells[i] = columns[i].cell(one); !columns[i].number {
				cells[i] = csvtext.Harmless(cells[i])
			}
		}
		if err := csvtext.WriteRow(out, cells); err != nil {
			return fmt.Errorf("print: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

func orEmpty(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}
