package journal

import ()

// faultyDisk is the real one, and fails where a test says.
type faultyDisk struct {
	osDisk
	create, allocate, write func(path string) error
	rename                  func(from, to string) (err error, do bool)
	renamed                 func(from, to string)
	remove                  func(path string) error
}

type faultyFile struct {
	File
	path string
	disk *faultyDisk
}

func (d *faultyDisk) Create(path string) (File, error) {
	if d.create != nil {
		if err := d.create(path); err != nil {
			return nil, err
		}
	}
	file, err := d.osDisk.Create(path)
	return faultyFile{file, path, d}, err
}

func (d *faultyDisk) OpenWrite(path string) (File, error) {
	file, err := d.osDisk.OpenWrite(path)
	if err != nil {
		return nil, err
	}
	return faultyFile{file, path, d}, nil
}

func (d *faultyDisk) Rename(from, to string) error {
	if d.rename != nil {
		if err, do := d.rename(from, to); err != nil {
			if do {
				_ = d.osDisk.Rename(from, to)
			}
			return err
		}
	}
	err := d.osDisk.Rename(from, to)
	if d.renamed != nil {
		d.renamed(from, to)
	}
	return err
}

func (d *faultyDisk) Remove(path string) error {
	if d.remove != nil {
		if err := d.remove(path); err != nil {
			return err
		}
	}
	return d.osDisk.Remove(path)
}

func (f faultyFile) Allocate(bytes int64) error {
	if f.disk.allocate != nil {
		if err := f.disk.allocate(f.path); err != nil {
			return err
		}
	}
	return f.File.Allocate(bytes)
}

func (f faultyFile) WriteAt(content []byte, at int64) (int, error) {
	if f.disk.write != nil {
		if err := f.disk.write(f.path); err != nil {
			return 0, err
		}
	}
	return f.File.WriteAt(content, at)
}
