/* Drops files on a window, as a file manager does: xdnd WINDOW X Y URI...
   The protocol is XDND version 5 (freedesktop.org). It ends with 0 when the window says that it took the drop. */
#include <X11/Xatom.h>
#include <X11/Xlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>

static Display *dpy;
static Window source, target;

static Atom atom(const char *name) { return XInternAtom(dpy, name, False); }

static void send(const char *type, long a, long b, long c, long d) {
	XEvent e;
	memset(&e, 0, sizeof e);
	e.xclient.type = ClientMessage;
	e.xclient.window = target;
	e.xclient.message_type = atom(type);
	e.xclient.format = 32;
	e.xclient.data.l[0] = (long)source;
	e.xclient.data.l[1] = a;
	e.xclient.data.l[2] = b;
	e.xclient.data.l[3] = c;
	e.xclient.data.l[4] = d;
	XSendEvent(dpy, target, False, NoEventMask, &e);
	XFlush(dpy);
}

/* next waits ten seconds for an event. */
static int next(XEvent *e) {
	if (XPending(dpy) == 0) {
		fd_set set;
		struct timeval patience = {10, 0};
		FD_ZERO(&set);
		FD_SET(ConnectionNumber(dpy), &set);
		if (select(ConnectionNumber(dpy) + 1, &set, NULL, NULL, &patience) <= 0 && XPending(dpy) == 0) return 0;
	}
	XNextEvent(dpy, e);
	return 1;
}

int main(int argc, char **argv) {
	if (argc < 5) return 64;
	dpy = XOpenDisplay(NULL);
	if (dpy == NULL) return 70;
	target = (Window)strtoul(argv[1], NULL, 0);
	long x = atol(argv[2]), y = atol(argv[3]);
	char list[65536] = "";
	for (int i = 4; i < argc; i++) {
		if (strlen(list) + strlen(argv[i]) + 3 > sizeof list) return 64;
		strcat(list, argv[i]);
		strcat(list, "\r\n");
	}
	source = XCreateSimpleWindow(dpy, DefaultRootWindow(dpy), 0, 0, 1, 1, 0, 0, 0);
	Atom uris = atom("text/uri-list");
	XSetSelectionOwner(dpy, atom("XdndSelection"), source, CurrentTime);

	send("XdndEnter", 5L << 24, (long)uris, None, None);
	send("XdndPosition", 0, x << 16 | y, CurrentTime, (long)atom("XdndActionCopy"));
	XEvent e;
	int dropped = 0;
	while (next(&e)) {
		if (e.type == SelectionRequest) {
			XSelectionRequestEvent *r = &e.xselectionrequest;
			XEvent out;
			memset(&out, 0, sizeof out);
			out.xselection.type = SelectionNotify;
			out.xselection.requestor = r->requestor;
			out.xselection.selection = r->selection;
			out.xselection.target = r->target;
			out.xselection.time = r->time;
			out.xselection.property = None;
			if (r->target == uris) {
				XChangeProperty(dpy, r->requestor, r->property, uris, 8, PropModeReplace, (unsigned char *)list, (int)strlen(list));
				out.xselection.property = r->property;
			}
			XSendEvent(dpy, r->requestor, False, NoEventMask, &out);
			XFlush(dpy);
		} else if (e.type == ClientMessage && e.xclient.message_type == atom("XdndStatus") && !dropped) {
			if ((e.xclient.data.l[1] & 1) == 0) {
				fprintf(stderr, "the window takes no drop\n");
				return 1;
			}
			dropped = 1;
			send("XdndDrop", 0, CurrentTime, 0, 0);
		} else if (e.type == ClientMessage && e.xclient.message_type == atom("XdndFinished")) {
			return e.xclient.data.l[1] != 0 ? 0 : 1; /* GLFW gives the length of the data, not a flag */
		}
	}
	fprintf(stderr, "the window does not answer\n");
	return 1;
}
