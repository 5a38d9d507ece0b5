// Package reports turns a stored sweep into what people read: a workbook, a page, a picture, CSV files, JSON, a table for
// the terminal; and two sweeps into a comparison in the same forms. It reads package results alone: no mapping is done, and
// a report of an old file shows what was computed then.
//
//	results.Store -> Read -> Data -> figures, each computed once and apart from any form -> one writer a form
//
//	d, err := reports.Read(ctx, store, 0)   // the last sweep
//	err = reports.WriteXLSX(w, d)
//	err = reports.WriteCompareText(w, reports.Compare(before, d))
//
// What holds in every form: the same figures, since the forms compute none; numbers are numbers, with their unit in the
// header or beside them; texts of files never become formulas, markup or scripts; where a report shows a part, it says so.
// Sweeps of any size are read in bounded memory: above the limits in read.go the front is there with all its rows, of
// the other candidates a part that depends on the data alone, and counts are of all.
//
// Read and keep:
//
//   - data.go: Data, Workload, the front and its knee. read.go: from the store, within limits. thin.go: which candidates stand
//     for all of a large sweep. nests.go: mappings and the traffic of single tensors, for designs of the front.
//   - mean.go: the front over several workloads, by weighted geometric means.
//
// Figures and words that several forms share:
//
//   - params.go: parameters as columns of numbers in one unit. question.go: what the sweep's file asks, and its axes.
//   - limits.go: what holds a design back, and the best design for each area. sensitivity.go: what each axis does.
//   - outcome.go: what became of candidates; warnings and notes. method.go: what the figures mean, and sources of costs.
//   - rows.go: the long tables, as sheets and CSV files have them. scale.go: one SI prefix for a column.
//   - compare.go, compare_front.go: what changed between two sweeps. compare_rows.go: the same as sentences and rows.
//
// Forms, a prefix each:
//
//   - xlsx.go: the workbook and its sheets. xlsx_cells.go, xlsx_stream.go: cells and long tables. xlsx_summary.go,
//     xlsx_chart.go (Front and Mean), xlsx_axes.go, xlsx_breakdown.go, xlsx_nest.go, xlsx_compare.go: sheets.
//     xlsx_points.go: the points of charts, and mending what excelize cannot say. xlsx_links.go: links between sheets.
//   - html.go: the page. html_answers.go: its tables. html_data.go, html_design.go: what its scripts read (templates/).
//   - svg.go: a picture for slides. svg_panel.go: one plot. svg_labels.go: names of points where they hide nothing.
//     axis.go, axis_ticks.go: logarithmic axes of pictures, pages and charts.
//   - csv.go, json.go, table.go: files for programs, one document for scripts, the terminal. inert.go: no text in CSV is a formula.
//   - compare_text.go, compare_json.go, compare_html.go, compare_svg.go: forms of comparisons.
//
// Why one package, though it is the largest: the seams run through Data. Figures are methods of Workload, and each form
// uses nearly all of them. Identifiers, fields and methods that would have to be exported, counted with go/types: the xlsx
// files use 112 of the other files', the page 73, the comparison with its sheets 105; pictures and axes use 25, and 45 of
// theirs are used elsewhere. Only the axes alone would come off cleanly (they use 2, and 14 of theirs are used), and
// they are two files. The prefixes are the division; package nest, which needs none of this, is apart.
package reports
