/**
 * The libraries, in a file of their own: built once for production, the same for card and pages. What our code imports
 * of a library must be named here; a test compares.
 */
import { Button, ButtonNeutralTheme, ButtonPrimaryTheme } from "@kommo-crm/crm-react-ui-kit/Button";
import { Input, InputLightTheme } from "@kommo-crm/crm-react-ui-kit/Input";
import { Spinner, SpinnerPrimaryTheme } from "@kommo-crm/crm-react-ui-kit/Spinner";
import { Switcher, SwitcherPrimaryTheme } from "@kommo-crm/crm-react-ui-kit/Switcher";
import { TextArea, TextareaLightTheme } from "@kommo-crm/crm-react-ui-kit/TextArea";
import {
  keepPreviousData,
  QueryClient,
  QueryClientProvider,
  queryOptions,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import * as react from "react";
import * as jsx from "react/jsx-runtime";
import { createRoot } from "react-dom/client";

export const vendor = {
  react,
  jsx,
  dom: { createRoot },
  query: {
    keepPreviousData,
    QueryClient,
    QueryClientProvider,
    queryOptions,
    useInfiniteQuery,
    useMutation,
    useQuery,
    useQueryClient,
  },
  kit: {
    Button,
    ButtonNeutralTheme,
    ButtonPrimaryTheme,
    Input,
    InputLightTheme,
    Spinner,
    SpinnerPrimaryTheme,
    Switcher,
    SwitcherPrimaryTheme,
    TextArea,
    TextareaLightTheme,
  },
};
