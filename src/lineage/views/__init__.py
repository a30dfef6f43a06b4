"""Views: a graph in, text or bytes out. A view writes no file and prints nothing."""
