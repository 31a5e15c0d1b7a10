"""Gongping 公评: the public side of government performance evaluation."""
