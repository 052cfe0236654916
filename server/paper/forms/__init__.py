"""The forms F-01 … F-24, one module for each noun; `server.paper.register` lists them."""
