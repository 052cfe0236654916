"""The forms F-01 … F-24, one module for each noun; `server.paper.catalogue` lists them."""
