package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// Machine is where the figures were taken.
type Machine struct {
	Processor   string `json:"processor"`
	Cores       int    `json:"cores"`
	MemoryGiB   int    `json:"memory_gib"`
	Kernel      string `json:"kernel"`
	Go          string `json:"go"`
	LoadAverage string `json:"load_average"` // when the run began
}

func (m Machine) String() string {
	return fmt.Sprintf("%s, %d cores, %d GiB, %s, %s (load average at the start: %s)",
		m.Processor, m.Cores, m.MemoryGiB, m.Kernel, m.Go, m.LoadAverage)
}

func machine() Machine {
	kilobytes := 0
	fmt.Sscan(field("/proc/meminfo", "MemTotal"), &kilobytes)
	m := Machine{Processor: field("/proc/cpuinfo", "model name"), Cores: runtime.NumCPU(),
		MemoryGiB: kilobytes >> 20, Go: runtime.Version()}
	if kernel, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		m.Kernel = "Linux " + strings.TrimSpace(string(kernel))
	}
	if load, err := os.ReadFile("/proc/loadavg"); err == nil {
		m.LoadAverage = strings.Join(strings.Fields(string(load))[:3], " ")
	}
	return m
}

// field is the first value of a name in one of Linux's files of "name: value" lines.
func field(path, name string) string {
	content, err := os.ReadFile(path)
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(string(content)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

// commit is what was measured; "unknown" outside of a checkout.
func commit() string {
	said, err := exec.Command("git", "describe", "--always", "--dirty").Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(said))
}
