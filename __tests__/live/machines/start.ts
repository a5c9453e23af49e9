import { Machine } from "./machine";

/** Starts a machine of the name that is given, says its address, and keeps it until this process ends. */
Machine.start({ name: process.argv[2] ?? "" }).then(({ address }) => console.log(address));
