"""Files on their way out of the house: by e-mail, and into a folder."""
