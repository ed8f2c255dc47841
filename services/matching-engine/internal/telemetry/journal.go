package telemetry

import (
	"github.com/prometheus/client_golang/prometheus"

	"daytrading/matching-engine/internal/journal"
)

// journalCollector shows the journal's figures: asked once a scrape.
type journalCollector struct {
	journal *journal.Journal
	nowNS   func() int64 // journal time
	figures []journalFigure
	reader  *prometheus.Desc
}

type journalFigure struct {
	desc  *prometheus.Desc
	value func(s *journal.Stats, nowNS int64) float64
}

// WatchJournal registers the figures of a journal and of its readers. nowNS is the journal time of the log's end.
func (m *Metrics) WatchJournal(j *journal.Journal, nowNS func() int64) {
	beganNS := nowNS()
	c := &journalCollector{journal: j, nowNS: nowNS, reader: prometheus.NewDesc(
		namespace+"reader_sequence", "Up to where a reader of the log needs nothing any more.", []string{"reader"}, nil)}
	add := func(name, help string, value func(s *journal.Stats, nowNS int64) float64) {
		c.figures = append(c.figures, journalFigure{prometheus.NewDesc(namespace+name, help, nil, nil), value})
	}
	add("journal_segments", "Segments in the data folder.",
		func(s *journal.Stats, _ int64) float64 { return float64(s.Segments) })
	add("journal_archived_segments", "Segments in the archive.",
		func(s *journal.Stats, _ int64) float64 { return float64(s.ArchivedSegments) })
	add("journal_bytes", "Bytes of all segments, archived ones included.",
		func(s *journal.Stats, _ int64) float64 { return float64(s.SegmentBytes) })
	add("journal_room_bytes", "Bytes that can be appended without taking more of the volume.",
		func(s *journal.Stats, _ int64) float64 { return float64(s.RoomBytes) })
	add("journal_free_bytes", "Free bytes of the volume beyond the room.",
		func(s *journal.Stats, _ int64) float64 { return float64(s.FreeBytes) })
	add("snapshot_sequence", "Sequence that the newest snapshot holds; 0: there is none.",
		func(s *journal.Stats, _ int64) float64 { return float64(s.SnapshotSequence) })
	add("snapshot_bytes", "Size of the newest snapshot.",
		func(s *journal.Stats, _ int64) float64 { return float64(s.SnapshotBytes) })
	add("snapshot_age_seconds", "Journal time since the newest snapshot; without one, since the start.",
		func(s *journal.Stats, nowNS int64) float64 {
			if s.SnapshotSequence == 0 {
				return float64(nowNS-beganNS) / 1e9
			}
			return float64(nowNS-s.SnapshotStampNS) / 1e9
		})
	m.Registry.MustRegister(c)
}

// Describe lists what Collect shows.
func (c *journalCollector) Describe(to chan<- *prometheus.Desc) {
	for _, f := range c.figures {
		to <- f.desc
	}
	to <- c.reader
}

// Collect asks the journal once for all figures.
func (c *journalCollector) Collect(to chan<- prometheus.Metric) {
	stats, now := c.journal.Stats(), c.nowNS()
	for _, f := range c.figures {
		to <- prometheus.MustNewConstMetric(f.desc, prometheus.GaugeValue, f.value(&stats, now))
	}
	for reader, sequence := range c.journal.Positions() {
		to <- prometheus.MustNewConstMetric(c.reader, prometheus.GaugeValue, float64(sequence), reader)
	}
}
