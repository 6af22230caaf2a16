package operator

import (
	"maps"
	"slices"
	"sync"

	"github.com/switchboard-chat/switchboard/internal/subject"

	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

// maxWaiting is how many changes may wait for a slow watcher before its stream ends.
const maxWaiting = 4096

// watcher is one open Watch stream: what it has been told, and what waits to be sent.
type watcher struct {
	shows func(*operatorv1.Dialog) bool // whether a dialog is the watcher's
	only  *only                         // the one dialog that is watched; nil: a set

	mu     sync.Mutex
	set    map[string]member // its dialogs by id
	queue  []*operatorv1.WatchResponse
	behind bool          // the queue was full: something is lost
	ready  chan struct{} // holds one signal
}

// only is the dialog of a watcher of one, and what else there is of its conversation. What others say there is kept from
// the watcher as long as it is said in a dialog that is not theirs to see.
type only struct {
	id           string
	conversation subject.Conversation
	hides        func(*operatorv1.Dialog) bool
	others       map[string]other // by id, under the watcher's mu
}

type other struct {
	version int64
	hidden  bool
}

// member is a dialog of a watcher's set.
type member struct {
	conversation subject.Conversation
	version      int64
}

func newWatcher(shows func(*operatorv1.Dialog) bool) *watcher {
	return &watcher{shows: shows, set: map[string]member{}, ready: make(chan struct{}, 1)}
}

// offer tells the watcher of a dialog, if it is the watcher's to see and news. It says which
// conversation the watcher has to join or to leave for that.
func (w *watcher) offer(d *operatorv1.Dialog) (join, leave *subject.Conversation) {
	shows, c := w.shows(d), subject.Conversation{Bot: d.GetBot(), ID: d.GetConversation()}
	w.mu.Lock()
	defer w.mu.Unlock()
	if o := w.only; o != nil && d.GetId() != o.id {
		if was, had := o.others[d.GetId()]; c == o.conversation && (!had || d.GetVersion() > was.version) {
			o.others[d.GetId()] = other{d.GetVersion(), o.hides(d)}
		}
		return nil, nil
	}
	was, had := w.set[d.GetId()]
	switch {
	case !had && !shows, had && d.GetVersion() <= was.version:
		return nil, nil
	case shows:
		w.set[d.GetId()] = member{c, d.GetVersion()}
		join = &c
	default:
		delete(w.set, d.GetId())
		leave = &c
	}
	if had && shows {
		join = nil
	}
	w.push(&operatorv1.WatchResponse{Event: &operatorv1.WatchResponse_Dialog{Dialog: d}})
	return join, leave
}

// send queues a response.
func (w *watcher) send(res *operatorv1.WatchResponse) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.push(res)
}

// hear queues what happens in a conversation, unless it is not the watcher's to see.
func (w *watcher) hear(res *operatorv1.WatchResponse) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.only != nil {
		for _, o := range w.only.others {
			if o.hidden {
				return
			}
		}
	}
	w.push(res)
}

// push queues a response under w.mu.
func (w *watcher) push(res *operatorv1.WatchResponse) {
	if len(w.queue) >= maxWaiting {
		w.behind = true
	} else {
		w.queue = append(w.queue, res)
	}
	select {
	case w.ready <- struct{}{}:
	default:
	}
}

// take empties the queue and says whether anything was lost behind it.
func (w *watcher) take() (queue []*operatorv1.WatchResponse, behind bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	queue, w.queue = w.queue, nil
	return queue, w.behind
}

// conversations are those of the watcher's set, each once.
func (w *watcher) conversations() []subject.Conversation {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := map[subject.Conversation]struct{}{}
	for _, m := range w.set {
		all[m.conversation] = struct{}{}
	}
	return slices.Collect(maps.Keys(all))
}

// dialogs are the ids of the watcher's set.
func (w *watcher) dialogs() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Collect(maps.Keys(w.set))
}

// done reports whether the one dialog that is watched is no longer the watcher's to see.
func (w *watcher) done() bool {
	return w.only != nil && len(w.dialogs()) == 0
}
