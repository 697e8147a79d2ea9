"""What runs on the student's side of the wall: NumPy, MessagePack and the standard library only.

Nothing here imports the rest of the kit, so that this folder is all that a worker needs to see.
"""
