package cir

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"weak"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/distributed"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// Devices are the devices of a backend that run programs together. Each gets an equal share of a batch's rows and a copy
// of all else; the compiler puts the exchange between them where a program needs it. So a loss still sees the whole
// batch, random masks are the same, and results are those of one device, but for rounding.
//
// What programs return lies on all devices and stays there: it goes into the next call without a way over the host.
type Devices struct {
	backend compute.Backend
	count   int
	mesh    *distributed.DeviceMesh // nil for one device

	mu     sync.Mutex
	copies map[weak.Pointer[tensors.Tensor]][]*tensors.Tensor // on the other devices, of tensors on the first
}

// turn has one program at a time on several devices. Two that began on them in different orders would wait for each
// other's exchange for ever.
var turn sync.Mutex

const batchAxis = "batch" // the only one of the mesh

// NewDevices are the first count devices of a backend.
func NewDevices(backend compute.Backend, count int) (*Devices, error) {
	if have := backend.NumDevices(); count < 1 || count > have {
		return nil, fmt.Errorf("running on %d devices: backend %s has %d: choose at least 1 and no more than that", count, backend.Name(), have)
	}
	d := OneDevice(backend)
	if count == 1 {
		return d, nil
	}
	var err error
	d.count = count
	if d.mesh, err = distributed.NewDeviceMesh([]int{count}, []string{batchAxis}); err != nil {
		return nil, fmt.Errorf("running on %d devices: %w", count, err)
	}
	return d, nil
}

// OneDevice is the first device of a backend.
func OneDevice(backend compute.Backend) *Devices {
	return &Devices{backend: backend, count: 1, copies: map[weak.Pointer[tensors.Tensor]][]*tensors.Tensor{}}
}

// Count is the number of devices.
func (d *Devices) Count() int { return d.count }

// Divide reports a batch, or any other number of rows, that the devices can't share equally.
func (d *Devices) Divide(what string, rows int) error {
	if rows%d.count != 0 {
		return fmt.Errorf("%s %d does not divide among %d devices: make it a multiple, or use fewer devices", what, rows, d.count)
	}
	return nil
}

// shard tells the compiler how inputs lie on the devices: weights whole, then batch inputs in shares, then others whole.
func (d *Devices) shard(exec *Exec, weights, batch int) error {
	if d.count == 1 {
		return nil
	}
	share, err := distributed.NewShardingSpec(d.mesh, distributed.AxisSpec{batchAxis})
	if err != nil {
		return err
	}
	whole := distributed.NewReplicatedShardingSpec(d.mesh)
	specs := make([]*distributed.ShardingSpec, weights+batch+1) // the last one is for all that follow
	for i := range specs {
		specs[i] = whole
		if i >= weights && i < weights+batch {
			specs[i] = share
		}
	}
	exec.AutoSharding(d.mesh).WithInputShardingSpecs(specs...).WithOutputShardingSpecs(whole)
	return nil
}

// call runs a program on all devices, of whose arguments those from `from` up to but without `to` are a batch's.
func (d *Devices) call(exec *Exec, args []*tensors.Tensor, from, to int) ([]*tensors.Tensor, error) {
	if d.count == 1 {
		return exec.Call(args)
	}
	on := make([]any, d.count*len(args)) // all arguments of the first device, then all of the second …
	var shares []*tensors.Tensor
	for i, arg := range args {
		parts, err := d.place(arg, i >= from && i < to)
		if err != nil {
			return nil, err
		}
		for k, part := range parts {
			on[k*len(args)+i] = part
		}
		if i >= from && i < to {
			shares = append(shares, parts...)
		}
	}
	turn.Lock()
	out, err := exec.Call(on...)
	turn.Unlock()
	if err != nil {
		return nil, err
	}
	return d.first(out), d.Free(shares...)
}

// first are the results on the first device; those on the others are kept as their copies.
func (d *Devices) first(out []*tensors.Tensor) []*tensors.Tensor {
	n := len(out) / d.count
	for i, t := range out[:n] {
		var others []*tensors.Tensor
		for k := 1; k < d.count; k++ {
			others = append(others, out[k*n+i])
		}
		d.keep(t, others)
	}
	return out[:n]
}

// place puts an argument on all devices: a share of a batch on each, anything else everywhere.
func (d *Devices) place(t *tensors.Tensor, batch bool) ([]*tensors.Tensor, error) {
	if batch {
		return d.shares(t)
	}
	return d.everywhere(t)
}

// shares are equal parts of t's rows, one on each device.
func (d *Devices) shares(t *tensors.Tensor) (parts []*tensors.Tensor, err error) {
	shape := t.Shape().Clone()
	if err := d.Divide("a batch of", shape.Dim(0)); err != nil {
		return nil, err
	}
	shape.Dimensions[0] /= d.count
	readErr := t.ConstBytes(func(data []byte) {
		size := len(data) / d.count
		for k := range d.count {
			var part *tensors.Tensor
			if part, err = tensors.FromRaw(d.backend, compute.DeviceNum(k), shape, data[k*size:(k+1)*size]); err != nil {
				return
			}
			parts = append(parts, part)
		}
	})
	return parts, errors.Join(readErr, err)
}

// everywhere is t and its copies on the other devices, which are made where there are none yet.
func (d *Devices) everywhere(t *tensors.Tensor) ([]*tensors.Tensor, error) {
	d.mu.Lock()
	others, ok := d.copies[weak.Make(t)]
	d.mu.Unlock()
	if !ok {
		for k := 1; k < d.count; k++ {
			other, err := t.OnDeviceClone(d.backend, compute.DeviceNum(k))
			if err != nil {
				return nil, err
			}
			others = append(others, other)
		}
		d.keep(t, others)
	}
	return append([]*tensors.Tensor{t}, others...), nil
}

// keep notes the copies of t, for as long as there is t.
func (d *Devices) keep(t *tensors.Tensor, others []*tensors.Tensor) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.copies[weak.Make(t)] = others
	runtime.AddCleanup(t, func(key weak.Pointer[tensors.Tensor]) { d.take(key) }, weak.Make(t))
}

// take is what was kept under key, which is kept no longer.
func (d *Devices) take(key weak.Pointer[tensors.Tensor]) []*tensors.Tensor {
	d.mu.Lock()
	defer d.mu.Unlock()
	defer delete(d.copies, key)
	return d.copies[key]
}

// Free frees tensors on all devices.
func (d *Devices) Free(list ...*tensors.Tensor) error {
	for _, t := range list {
		for _, each := range append(d.take(weak.Make(t)), t) {
			if err := each.FinalizeAll(); err != nil {
				return fmt.Errorf("freeing a tensor of shape %s: %w", t.Shape(), err)
			}
		}
	}
	return nil
}
