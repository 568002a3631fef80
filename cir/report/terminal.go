package report

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/lipgloss/table"
	"golang.org/x/term"
)

// WriteTerminal writes the table for reading on a screen. On a terminal it has lines and a bold head; where it is wider
// than the window, rows and columns change places, as a results table has many metrics and few runs. Elsewhere, and
// where neither fits, it is plain aligned columns.
func (t Table) WriteTerminal(w io.Writer) error {
	if err := t.Validate(); err != nil {
		return err
	}
	text := t.plain()
	if width, ok := terminalWidth(w); ok {
		text = t.styled(lipgloss.NewRenderer(w), width)
	}
	_, err := io.WriteString(w, text)
	return err
}

// terminalWidth is the window's width in characters, and whether w is a terminal at all.
func terminalWidth(w io.Writer) (int, bool) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0, false
	}
	width, _, err := term.GetSize(int(f.Fd()))
	return width, err == nil && width > 0
}

// plain are columns two spaces apart.
func (t Table) plain() string {
	widths := make([]int, len(t.Columns))
	lines := [][]string{make([]string, len(t.Columns)), make([]string, len(t.Columns))}
	for column, name := range t.Columns {
		lines[0][column] = printable(name)
	}
	lines = append(lines, t.strings()...)
	for _, line := range lines {
		for column, text := range line {
			widths[column] = max(widths[column], lipgloss.Width(text))
		}
	}
	for column, width := range widths {
		lines[1][column] = strings.Repeat("-", width)
	}
	var b strings.Builder
	if t.Title != "" {
		fmt.Fprintf(&b, "%s\n\n", printable(t.Title))
	}
	for _, line := range lines {
		var row strings.Builder
		for column, text := range line {
			space := strings.Repeat(" ", widths[column]-lipgloss.Width(text))
			if t.isNumeric(column) {
				row.WriteString(space + text + "  ")
			} else {
				row.WriteString(text + space + "  ")
			}
		}
		b.WriteString(strings.TrimRight(row.String(), " ") + "\n")
	}
	t.writeNotes(&b)
	return b.String()
}

// styled is the table with lines, upright or on its side, plain where neither fits into width.
func (t Table) styled(r *lipgloss.Renderer, width int) string {
	grid := [][]string{make([]string, len(t.Columns))}
	for column, name := range t.Columns {
		grid[0][column] = printable(name)
	}
	grid = append(grid, t.strings()...)
	drawn := drawGrid(r, grid, t.isNumeric)
	if lipgloss.Width(drawn) > width {
		drawn = drawGrid(r, transpose(grid), func(column int) bool { return column > 0 })
	}
	if lipgloss.Width(drawn) > width {
		return t.plain()
	}
	var b strings.Builder
	if t.Title != "" {
		fmt.Fprintln(&b, r.NewStyle().Bold(true).Render(printable(t.Title)))
	}
	b.WriteString(drawn + "\n")
	t.writeNotes(&b)
	return b.String()
}

// drawGrid draws lines around cells, the first row of which is the head.
func drawGrid(r *lipgloss.Renderer, grid [][]string, right func(column int) bool) string {
	return table.New().
		Border(lipgloss.RoundedBorder()).
		BorderStyle(r.NewStyle().Faint(true)).
		StyleFunc(func(row, column int) lipgloss.Style {
			style := r.NewStyle().Padding(0, 1).Bold(row == table.HeaderRow)
			if right(column) {
				style = style.Align(lipgloss.Right)
			}
			return style
		}).
		Headers(grid[0]...).
		Rows(grid[1:]...).
		String()
}

func transpose(grid [][]string) [][]string {
	out := make([][]string, len(grid[0]))
	for _, row := range grid {
		for column, text := range row {
			out[column] = append(out[column], text)
		}
	}
	return out
}

func (t Table) strings() [][]string {
	rows := make([][]string, len(t.Rows))
	for i, row := range t.Rows {
		for _, cell := range row {
			rows[i] = append(rows[i], cell.String())
		}
	}
	return rows
}

func (t Table) writeNotes(b *strings.Builder) {
	for i, note := range t.Notes {
		if i == 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(b, "%s\n", printable(note))
	}
}
