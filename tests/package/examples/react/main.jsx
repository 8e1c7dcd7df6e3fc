import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { SendImage } from "./SendImage.jsx";

const { broker = "ws://localhost:9001", to, from } = Object.fromEntries(new URLSearchParams(location.search));
createRoot(document.getElementById("root")).render(<StrictMode><SendImage broker={broker} to={to} from={from} /></StrictMode>);
