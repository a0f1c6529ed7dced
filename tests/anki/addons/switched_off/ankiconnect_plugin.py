raise RuntimeError("it is switched off, and loaded all the same")
