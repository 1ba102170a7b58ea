package spec

import "maps"

// Objects are the objects of one kind.
type Objects[K interface {
	comparable
	Key
}, V interface {
	comparable
	Value
}] map[K]V

// table is the objects of some kind; those that are given to each other are of the same.
type table interface {
	get(Key) Value
	set(Key, Value)
	copy(table)
	equal(table) bool
	len() int
	each(yield func(Key, Value) bool) bool
	differences(table, func(k Key, before, after Value))
}

func (o Objects[K, V]) at(k K) Value {
	if v, ok := o[k]; ok {
		return v
	}
	return nil
}

func (o *Objects[K, V]) get(k Key) Value { return o.at(k.(K)) }

func (o *Objects[K, V]) set(k Key, v Value) {
	if v == nil {
		delete(*o, k.(K))
		return
	}
	if *o == nil {
		*o = Objects[K, V]{}
	}
	(*o)[k.(K)] = v.(V)
}

func (o *Objects[K, V]) copy(from table) { *o = maps.Clone(*from.(*Objects[K, V])) }

func (o *Objects[K, V]) equal(p table) bool { return maps.Equal(*o, *p.(*Objects[K, V])) }

func (o *Objects[K, V]) len() int { return len(*o) }

func (o *Objects[K, V]) each(yield func(Key, Value) bool) bool {
	for k, v := range *o {
		if !yield(k, v) {
			return false
		}
	}
	return true
}

func (o *Objects[K, V]) differences(p table, f func(k Key, before, after Value)) {
	a, b := *o, *p.(*Objects[K, V])
	for k, before := range a {
		if after, ok := b[k]; !ok {
			f(k, before, nil)
		} else if before != after {
			f(k, before, after)
		}
	}
	for k, after := range b {
		if _, ok := a[k]; !ok {
			f(k, nil, after)
		}
	}
}
